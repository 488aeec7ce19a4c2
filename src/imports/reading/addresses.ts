/**
 * The hosts an environment or configuration value names, each once, in the order they stand. Read as addresses are: the host of a
 * URL (`postgresql+psycopg2://u:p@postgres/db`, `jdbc:mysql://db:3306`, `amqp://a:5672,b:5672`), `host:port`, `Host=db;Username=..`
 * and other `key=value` lists whose key suggests an address; a bare word only where the variable's own name does (DB_HOST=db,
 * but not POSTGRES_DB=db or SERVICE_NAME=db).
 *
 * `isHost` says which names are hosts; only those are given. Takes time in proportion to the value's length.
 */
export function hostsNamed(variable: string, written: string, isHost: (name: string) => boolean): string[] {
  if (NAMES_NO_CALL.test(variable)) return [];
  const value = written.slice(0, MAX_LENGTH);
  const found = new Set<string>();
  const take = (host: string): void => {
    if (host !== '' && host.length <= MAX_HOST_LENGTH && isHost(host)) found.add(host);
  };
  for (const authority of authorities(value)) for (const host of hostsOfAuthority(authority)) take(host);
  for (const { host } of hostPorts(value)) take(host);
  if (suggestsAddress(variable)) for (const host of bareHosts(value)) take(host);
  for (const [key, inner] of keyValues(value))
    if (suggestsAddress(key) || key.toLowerCase() === 'source')
      for (const host of bareHosts(inner)) take(host);
  return [...found];
}

/** The hosts of the URLs in a value, known or not. Time as above. */
export function hostsOfUrls(value: string): string[] {
  return [...authorities(value.slice(0, MAX_LENGTH))].flatMap(hostsOfAuthority);
}

/** The hosts a value calls by a port, with the ports: `mongodb://user-db:27017`. Time as above. */
export function portsNamed(value: string): { host: string; port: number }[] {
  return hostPorts(value.slice(0, MAX_LENGTH));
}

/** What a host inside a cluster may mean, likeliest first. `namespace` undefined: the caller's own. */
export type ClusterService = { service: string; namespace: string | undefined };

/**
 * `redis`, `redis.shop`, `redis.shop.svc.cluster.local`, and one pod of a StatefulSet by its headless Service: `redis-0.redis`,
 * `redis-0.redis.shop.svc` (kubernetes.io, "DNS for Services and Pods").
 */
export function clusterServices(host: string): ClusterService[] {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const svc = labels.indexOf('svc');
  if (svc === 0 || (svc === -1 && labels.length > 3)) return [];
  const [first = '', second, third] = svc === -1 ? labels : labels.slice(0, svc);
  if (second === undefined) return [{ service: first, namespace: undefined }];
  const ofPod = { service: second, namespace: third };
  return third === undefined ? [{ service: first, namespace: second }, ofPod] : [ofPod];
}

const MAX_HOST_LENGTH = 253;

/** What is longer is no address but a file; its beginning is read. */
const MAX_LENGTH = 200_000;

/** Lists of who may call or be called back, own names, and images: they hold hosts, but nobody is called by them. */
const NAMES_NO_CALL =
  /(?:^|_)(?:NO_PROXY|CORS|ALLOWED|ALLOW|VIRTUAL_HOST|LETSENCRYPT|IMAGE|IMAGES|TAG|VERSION)(?:_|$)|^HOSTNAME$|ALLOWED_(?:HOSTS|ORIGINS)/i;

const ADDRESS_WORDS =
  'HOST HOSTS HOSTNAME HOSTNAMES ADDR ADDRS ADDRESS ADDRESSES URL URLS URI URIS SERVER SERVERS ENDPOINT ENDPOINTS BROKER BROKERS DSN NODES PEERS UPSTREAM UPSTREAMS CONNECT CONNECTION CONN BOOTSTRAP POINTS SEEDS SENTINELS MASTER LEADER TARGET REMOTE';
const isAddressWord = new Set(ADDRESS_WORDS.split(' '));

/** DB_HOST, PGHOST, dbHost, spring.redis.host, KAFKA_BROKER_1, DB_HOST_NAME; not POSTGRES_HOST_AUTH_METHOD, whose last word is another. */
function suggestsAddress(name: string): boolean {
  if (name.length > 200) return false;
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  if (last === 'NAME' && words.at(-2) === 'HOST') return true;
  return isAddressWord.has(last) || /[A-Z](?:HOST|HOSTS|ADDR|URL|URI|SERVER|DSN)$/.test(last);
}

/** Schemes after which a bucket, a file or an image stands, and no host. */
const NO_HOST_SCHEME =
  /(?:^|[^a-z0-9+.-])(?:s3a?|gs|az|abfss?|wasbs?|file|unix|npipe|oci|docker|docker-image)$/i;

/** What stands between `://` and the path. */
function* authorities(value: string): Generator<string> {
  const end = /[/?#\s"'`<>(){}[\]|\\;]|$/g;
  for (let at = value.indexOf('://'); at !== -1; at = value.indexOf('://', at + 3)) {
    if (NO_HOST_SCHEME.test(value.slice(Math.max(0, at - 12), at))) continue;
    end.lastIndex = at + 3;
    yield value.slice(at + 3, end.exec(value)?.index);
  }
}

/** `user:password@a:9092,b:9092`; a password may hold an @, a host may not. In `http://a,http://b` the second `http:` is none. */
function hostsOfAuthority(authority: string): string[] {
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .split(',')
    .flatMap((item) => (item.endsWith(':') ? [] : [item.split(':', 1)[0] ?? '']));
}

/** `host:port` wherever it stands: `tcp(mysql:3306)`, `server.1=zoo1:2888:3888`, `thin:@oracle:1521:xe`. */
function hostPorts(value: string): { host: string; port: number }[] {
  if (!value.includes(':')) return [];
  return value.split(/[^A-Za-z0-9_.:@-]+/).flatMap((chunk) => {
    const parts = chunk.slice(chunk.lastIndexOf('@') + 1).split(':');
    return parts.flatMap((host, i) =>
      isPort(parts[i + 1]) && !/^\d*$/.test(host) ? [{ host, port: Number(parts[i + 1]) }] : [],
    );
  });
}

function isPort(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** A value that is nothing but hosts: `db`, `es01,es02`, `["a", "b"]`, `tcp:sql,1433`, `rabbit@queue`. */
function bareHosts(value: string): string[] {
  return value.split(/[\s,;[\]"']+/).map((item) => {
    const bare = item.slice(item.lastIndexOf('@') + 1).replace(/^(?:tcp|udp|np):/, '');
    return /^[A-Za-z0-9_.-]+$/.test(bare) ? bare : '';
  });
}

/** The pairs of `Host=db;Port=5432`, `host=db user=x`, `?host=db&x=y`, `-Dredis.host=cache`. */
function* keyValues(value: string): Generator<[key: string, value: string]> {
  if (!value.includes('=')) return;
  for (const item of value.split(/[\s;&?]+/)) {
    const equals = item.indexOf('=');
    if (equals > 0) yield [item.slice(0, equals), item.slice(equals + 1)];
  }
}
