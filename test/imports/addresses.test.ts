import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterServices, hostsNamed, hostsOfUrls, portsNamed } from '../../src/imports/reading/addresses.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

const HOSTS = new Set(
  'db redis postgres mongodb user-db rabbitmq es01 es02 kafka a b oracle zoo1 mysql sql web postgresql'.split(
    ' ',
  ),
);
const named = (variable: string, value: string) => hostsNamed(variable, value, (name) => HOSTS.has(name));

describe('hosts are found', () => {
  test.each([
    ['DATABASE_URL', 'postgresql+psycopg2://airflow:air@flow@postgres/db', ['postgres']],
    ['RESULT_BACKEND', 'db+postgresql://u:p@postgres/airflow', ['postgres']],
    ['BROKER_URL', 'redis://:@redis:6379/0', ['redis']],
    ['JAVA_OPTS', '-Xmx1g -Dq.connection=mongodb://mongodb:27017 -Dx.redis.host=redis', ['mongodb', 'redis']],
    ['ANY', 'jdbc:mysql://mysql:3306/web?user=db', ['mysql']],
    ['ANY', 'jdbc:oracle:thin:@oracle:1521/x', ['oracle']],
    ['ANY', 'user:db@tcp(mysql:3306)/db', ['mysql']],
    ['ANY', 'Host=postgresql;Username=postgres;Password=db', ['postgresql']],
    ['ANY', 'Server=tcp:sql,1433;Initial Catalog=db', ['sql']],
    ['ANY', 'host=db user=web dbname=a', ['db']],
    ['ANY', 'Data Source=sql;User=web', ['sql']],
    ['ANY', 'kafka://a:9092,b:9092', ['a', 'b']],
    ['ANY', 'http://a:80,http://b:80/x', ['a', 'b']],
    ['ZOO_SERVERS', 'server.1=zoo1:2888:3888;2181', ['zoo1']],
    ['ES_HOSTS', '["es01","es02"]', ['es01', 'es02']],
    ['discovery.seed_hosts', 'es01, es02', ['es01', 'es02']],
    ['PGHOST', 'db', ['db']],
    ['dbHost', 'db', ['db']],
    ['DB_HOST_NAME', 'db', ['db']],
    ['KAFKA_BROKER_1', 'kafka', ['kafka']],
    ['FLAGD_ADDR', 'a:8013', ['a']],
    ['NODE', 'rabbit@rabbitmq:5672', ['rabbitmq']],
    ['MONGO_HOST', 'user-db:27017', ['user-db']],
  ])('%s=%s', (variable, value, hosts) => {
    expect(named(variable, value)).toEqual(hosts);
  });
});

describe('words that are no address are not', () => {
  test.each([
    ['POSTGRES_DB', 'postgres'],
    ['SERVICE_NAME', 'web'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'service.name=web'],
    ['POSTGRES_HOST_AUTH_METHOD', 'db'],
    ['REDIS_IMAGE', 'redis:7'],
    ['ALLOWED_HOSTS', 'web,localhost'],
    ['NO_PROXY', 'db,redis'],
    ['CORS_ORIGIN_URL', 'http://web:3000'],
    ['HOSTNAME', 'web'],
    ['SITE', 'https://web.example.com:443/db'],
    ['LISTEN', '0.0.0.0:5432'],
    ['SENTENCE', 'redis and postgres are up'],
    ['AMQP', 'amqp://web:db@elsewhere/redis'],
    ['PORT', 'redis:70000'],
    ['BUCKET_URL', 's3://web/x?y=z'],
    ['SOCKET_URL', 'file://db/var unix://redis'],
  ])('%s=%s', (variable, value) => {
    expect(named(variable, value)).toEqual([]);
  });
});

test('ports and the hosts of URLs can be asked for', () => {
  expect(portsNamed('mongodb://u:p@user-db:27017,b:1/x')).toEqual([
    { host: 'user-db', port: 27017 },
    { host: 'b', port: 1 },
  ]);
  expect(hostsOfUrls('http://nobody:80 jdbc:x://u:p@b,http://c')).toEqual(['nobody', 'b', 'c']);
});

test.each([
  ['redis', [{ service: 'redis', namespace: undefined }]],
  [
    'redis.shop',
    [
      { service: 'redis', namespace: 'shop' },
      { service: 'shop', namespace: undefined },
    ],
  ],
  ['redis-0.redis.shop', [{ service: 'redis', namespace: 'shop' }]],
  ['redis-0.redis.shop.svc.cluster.local', [{ service: 'redis', namespace: 'shop' }]],
  [
    'redis.shop.svc.cluster.local.',
    [
      { service: 'redis', namespace: 'shop' },
      { service: 'shop', namespace: undefined },
    ],
  ],
  ['svc.shop', []],
  ['a.b.example.com', []],
])('inside a cluster %s may mean', (host, services) => {
  expect(clusterServices(host)).toEqual(services);
});

describe('2 MB in one value take time that grows with them alone', () => {
  const fill = (piece: string) => piece.repeat(Math.floor(2_000_000 / piece.length));
  test.each([
    'a',
    'a:',
    'a:1,',
    '://',
    '@',
    '=',
    'host=a;',
    ' ',
    'a-',
    'a.',
    '1',
    ':',
    'x://a@',
    'Aa',
    '[',
    '"',
    ',',
    '//',
  ])('of %j', (piece) => {
    const work = () => {
      for (const variable of ['DB_HOST', 'X']) named(variable, fill(piece));
      named(fill(piece), 'db');
      hostsOfUrls(fill(piece));
    };
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
  });
});

test('a host in a URL is found whatever stands around it', () => {
  const word = fc.stringMatching(/^[a-z0-9._-]{0,12}$/);
  const around = fc.stringMatching(/^[ ;,"'()]{0,3}$/);
  const url = fc.tuple(
    around,
    word,
    word,
    fc.option(fc.nat(65534)),
    fc.stringMatching(/^[a-z/?=&]{0,12}$/),
    around,
  );
  fc.assert(
    fc.property(url, fc.constantFrom(...HOSTS), ([before, user, password, port, path, after], host) => {
      const value = `${before}x-y+z://${user}:${password}@${host}${port === null ? '' : `:${port + 1}`}/${path}${after}`;
      expect(named('ANY', value)).toContain(host);
    }),
  );
});
