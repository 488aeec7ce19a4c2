import type { PartKind } from '../../domain/model.js';
import { TECHNOLOGY_BY_IMAGE, type Technology } from './technology-names.js';

/** What may tell a technology where the image does not. `ports`: its own, and those others call it by. */
export type TechnologyClues = {
  name: string;
  image: string | undefined;
  variables?: Iterable<string>;
  ports?: Iterable<number>;
};

export type TechnologyGuess = Technology & { evidence: string };

/**
 * The technology an image's name says, `bitnami/redis:7.2@sha256:..` -> Redis; null where it says none. Look-alikes (exporters,
 * admin pages, clients, schema and seed jobs, programs named after what they call) are none of the thing they look like.
 */
export function technologyOfImage(image: string | undefined): Technology | null {
  const path = imagePath(image);
  const whole =
    TECHNOLOGY_BY_IMAGE.get(path.slice(-2).join('/')) ?? TECHNOLOGY_BY_IMAGE.get(path.at(-1) ?? '');
  const words = wordsOf(path.at(-1) ?? '');
  if (words.length > 1 && words.at(-1) === 'exporter')
    return { name: 'Prometheus exporter', kind: 'platform' };
  return whole ?? technologyOfWords(words);
}

/**
 * A weaker reading for a part whose image says nothing (`catalogue-db`, `gb-redisslave`, an image of one's own): from its name, its
 * variables and its ports. Null where the clues do not meet: a port or a POSTGRES_USER alone is also what a client has.
 */
export function guessTechnology({
  name,
  image,
  variables = [],
  ports = [],
}: TechnologyClues): TechnologyGuess | null {
  const base = imagePath(image).at(-1) ?? '';
  const words = wordsOf(base);
  const isStoreImage = isStoreWord(words.at(-1) ?? '');
  if (technologyOfImage(image) || (!isStoreImage && words.some((word) => LOOK_ALIKE.has(word)))) return null;

  const glued = words.map(gluedTechnology).find((technology) => technology !== null);
  if (glued) return { ...glued, evidence: `the image name "${base}"` };

  const byName = technologyOfWords(wordsOf(name));
  const tag = imageTag(image).split(/[-_.]/).at(-1) ?? '';
  if (byName && TECHNOLOGY_BY_IMAGE.get(tag)?.name === byName.name)
    return { ...byName, evidence: `its name and the image tag "${tag}"` };
  // `zipkin-kafka`, called kafka: alone the image could be of Zipkin's, or of what calls Kafka.
  if (byName && TECHNOLOGY_BY_IMAGE.get(words.at(-1) ?? '')?.name === byName.name)
    return { ...byName, evidence: `its name and the image name "${base}"` };
  if (byName && base === '') return { ...byName, evidence: 'its name' };

  const isStore = isStoreImage || (base === '' && wordsOf(name).some(isStoreWord));
  if (!isStore) return null;
  const names = [...variables];
  for (const [pattern, technology] of SERVER_VARIABLES) {
    const variable = names.find((each) => pattern.test(each));
    if (variable) return { ...known(technology), evidence: `its variable ${variable}` };
  }
  for (const port of ports) {
    const technology = TECHNOLOGY_BY_PORT[port];
    if (technology) return { ...known(technology), evidence: `its port ${port}` };
  }
  return null;
}

/** Kinds that keep or pass on data and are normally called, not opened to the outside. */
export function isStoreKind(kind: PartKind): boolean {
  return kind === 'database' || kind === 'cache' || kind === 'queue';
}

/** Folders and name of an image, without registry host, tag and digest. */
function imagePath(image = ''): string[] {
  const name = image.split('@')[0] ?? '';
  const path = name.toLowerCase().split('/');
  const base = path.pop()?.split(':')[0] ?? '';
  if (path[0] && /[.:]|^localhost$/.test(path[0])) path.shift();
  return [...path, base];
}

function imageTag(image = ''): string {
  return (image.split('@')[0] ?? '').split('/').at(-1)?.split(':')[1]?.toLowerCase() ?? '';
}

/** Up to a `with`: `auth-service-with-jaeger` is no Jaeger, `redis-with-modules` is Redis. */
function wordsOf(name: string): string[] {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const end = words.indexOf('with');
  return end > 0 ? words.slice(0, end) : words;
}

/** The last word that means something must be the technology, and no word before it another one: `rs-mysql-db`, not `fluentd-elasticsearch`. */
function technologyOfWords(words: string[]): Technology | null {
  if (words.some((word) => LOOK_ALIKE.has(word))) return null;
  const meaning = words.filter(
    (word) => !DECORATION.has(word) && !/^v?\d+$|^(?:centos|rhel|ubi)\d*$/.test(word),
  );
  const last = TECHNOLOGY_BY_IMAGE.get(meaning.at(-1) ?? '') ?? null;
  const isOther = (word: string) => {
    const other = TECHNOLOGY_BY_IMAGE.get(word);
    return other !== undefined && other.name !== last?.name;
  };
  return meaning.slice(0, -1).some(isOther) ? null : last;
}

/** `redismod`, `redisslave`, `mysqldb`: a technology with another word stuck to it. */
function gluedTechnology(word: string): Technology | null {
  const [, technology] =
    /^([a-z]+?)(?:mod|slave|master|replica|follower|leader|db|server|cache)$/.exec(word) ?? [];
  return (technology && TECHNOLOGY_BY_IMAGE.get(technology)) || null;
}

/** Words around a technology's name that leave it what it is. */
const DECORATION = new Set(
  `db database server local cluster node master slave primary replica secondary leader follower standalone single shard main data
  store storage alpine debian slim ubi photon kubernetes k8s daemonset community enterprise ce ee oss base custom image docker container
  service svc dev prod broker cache
  management repmgr ha mod my standby instance self hosted`.split(/\s+/),
);

/** Words that make it something else: what watches, feeds, asks, migrates or shows the technology. */
const LOOK_ALIKE = new Set(
  `exporter meta rest etl pixy schema ui gui web app api admin client cli tool tools toolbox operator controller backup restore dump
  migrate migration migrations migrator init setup seed seeder seeding test tests connect connector proxy bridge gateway agent sidecar monitor
  metrics stats viewer browser console commander express insight manager dashboard dashboards registry producer consumer worker job
  sink source mirror mirrormaker sync adapter plugin provisioner bootstrap create wait waiter check checker healthcheck reloader discovery
  flink spark debezium zabbix etcdctl benchmark load loadgen generator simulator`.split(/\s+/),
);

function isStoreWord(word: string): boolean {
  return (
    /^(?:db|database|sql|store|datastore|cache|queue|broker|mq)$/.test(word) || /[a-z](?:db|sql)$/.test(word)
  );
}

/** Variables a server's image reads at its first start; a client sets none of them, or has the wrong name for a store. */
const SERVER_VARIABLES: [RegExp, string][] = [
  [/^MARIADB_(?:ROOT_PASSWORD|DATABASE|USER)/, 'mariadb'],
  [/^MYSQL_(?:ROOT_PASSWORD|ALLOW_EMPTY_PASSWORD|RANDOM_ROOT_PASSWORD|DATABASE|USER)/, 'mysql'],
  [/^(?:POSTGRES_(?:PASSWORD|USER|DB)|PGDATA)/, 'postgres'],
  [/^MONGO_INITDB_/, 'mongo'],
  [/^RABBITMQ_(?:DEFAULT_|ERLANG_COOKIE)/, 'rabbitmq'],
  [/^KAFKA_(?:CFG_|BROKER_ID|LISTENERS|ADVERTISED_|NODE_ID)/, 'kafka'],
  [/^MINIO_ROOT_/, 'minio'],
  [/^NEO4J_AUTH$/, 'neo4j'],
  [/^COUCHDB_(?:USER|PASSWORD)$/, 'couchdb'],
  [/^CLICKHOUSE_(?:DB|USER|PASSWORD)$/, 'clickhouse'],
  [/^CASSANDRA_(?:SEEDS|CLUSTER_NAME)$/, 'cassandra'],
];

const TECHNOLOGY_BY_PORT: Record<number, string> = {
  5432: 'postgres',
  3306: 'mysql',
  27017: 'mongo',
  6379: 'redis',
  11211: 'memcached',
  5672: 'rabbitmq',
  9092: 'kafka',
  4222: 'nats',
  9042: 'cassandra',
  26257: 'cockroach',
  1433: 'mssql/server',
  7687: 'neo4j',
  9200: 'elasticsearch',
};

function known(image: string): Technology {
  const technology = TECHNOLOGY_BY_IMAGE.get(image);
  if (!technology) throw new Error(`technology-names.ts has no image ${image}`);
  return technology;
}
