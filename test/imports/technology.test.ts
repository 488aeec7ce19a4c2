import { describe, expect, test } from 'vitest';
import { guessTechnology, technologyOfImage } from '../../src/imports/reading/technology.js';
import { quorumOf, TECHNOLOGY_BY_IMAGE, VOTERS } from '../../src/imports/reading/technology-names.js';

describe('an image tells its technology', () => {
  test.each([
    ['postgres', 'PostgreSQL', 'database'],
    ['docker.io/library/postgres:15-alpine', 'PostgreSQL', 'database'],
    ['bitnami/postgresql:16@sha256:0123abcd', 'PostgreSQL', 'database'],
    ['postgis/postgis:16-3.4', 'PostgreSQL', 'database'],
    ['mysql/mysql-server:8.0', 'MySQL', 'database'],
    ['robotshop/rs-mysql-db:2.1.0', 'MySQL', 'database'],
    ['robotshop/rs-mongodb:2.1.0', 'MongoDB', 'database'],
    ['mongo', 'MongoDB', 'database'],
    ['ghcr.io/documentdb/documentdb/documentdb-local:pg17-0.112.0', 'DocumentDB', 'database'],
    ['centos/postgresql-96-centos7', 'PostgreSQL', 'database'],
    ['registry.redhat.io/rhel8/mysql-80:1', 'MySQL', 'database'],
    ['quay.io/pires/docker-elasticsearch-kubernetes:6.2', 'Elasticsearch', 'database'],
    ['cockroachdb/cockroach:v1.1.0', 'CockroachDB', 'database'],
    ['mcr.microsoft.com/mssql/server:2022-latest', 'SQL Server', 'database'],
    ['docker.elastic.co/elasticsearch/elasticsearch:8.1.0', 'Elasticsearch', 'database'],
    ['clickhouse-self-hosted-local', 'ClickHouse', 'database'],
    ['clickhouse/clickhouse-server', 'ClickHouse', 'database'],
    ['registry.k8s.io/redis:e2e', 'Redis', 'cache'],
    ['valkey/valkey:8-alpine', 'Valkey', 'cache'],
    ['localhost:5000/memcached:1', 'Memcached', 'cache'],
    ['confluentinc/cp-kafka:7', 'Kafka', 'queue'],
    ['confluentinc/cp-server:7', 'Kafka', 'queue'],
    ['docker.redpanda.com/vectorized/redpanda:v22.2.2', 'Redpanda', 'queue'],
    ['rabbitmq:4.3.2-management-alpine', 'RabbitMQ', 'queue'],
    ['nats:2', 'NATS', 'queue'],
    ['nginxinc/nginx-unprivileged:1.27', 'nginx', 'load-balancer'],
    ['traefik:2.6', 'Traefik', 'load-balancer'],
    ['envoyproxy/envoy:v1.30', 'Envoy', 'load-balancer'],
    ['quay.io/coreos/etcd:v3.5', 'etcd', 'cluster-control'],
    ['edoburu/pgbouncer', 'PgBouncer', 'platform'],
    ['jaegertracing/all-in-one:latest', 'Jaeger', 'platform'],
    ['prom/prometheus', 'Prometheus', 'platform'],
    ['kbudde/rabbitmq-exporter', 'Prometheus exporter', 'platform'],
    ['confluentinc/cp-kafka-rest', 'Kafka REST Proxy', 'platform'],
    ['confluentinc/cp-kafka-connect-base:7', 'Kafka Connect', 'platform'],
    ['cnfldemos/cp-server-connect-datagen:0.6.4', 'Kafka Connect', 'platform'],
    ['confluentinc/ksqldb-server:0.28', 'ksqlDB', 'platform'],
    ['oracle/database:12.2.0.1-ee', 'Oracle Database', 'database'],
    ['ibmcom/mq:9', 'IBM MQ', 'queue'],
    ['goharbor/valkey-photon:v2', 'Valkey', 'cache'],
    ['acme/redis-with-modules', 'Redis', 'cache'],
    ['opensearchproject/opensearch-dashboards:2', 'OpenSearch Dashboards', 'platform'],
  ])('%s', (image, name, kind) => {
    expect(technologyOfImage(image)).toEqual({ name, kind });
  });

  test.each([
    'codewisdom/ts-order-service-with-jaeger:v1',
    'supabase/postgres-meta:v0.80',
    'flink-kafka',
    'mailgun/kafka-pixy',
    'etl-kafka',
    'jaegertracing/jaeger-cassandra-schema',
    'k8s.gcr.io/fluentd-elasticsearch:1.20',
    'cockroachdb/cockroach-k8s-init:0.2',
    'zabbix/zabbix-server-mysql',
    'ghcr.io/umami-software/umami:postgresql-latest',
    'ghcr.io/stefanprodan/podinfo:6.14.1',
    'weaveworksdemos/catalogue-db:0.3.0',
    'yg397/openresty-thrift:xenial',
    'wordpress:4.5',
    'minio/mc',
    'codewisdom/ts-auth-service-with-jaeger:v1',
    'penpotapp/exporter:2.16',
    'ghcr.io/openzipkin/zipkin-kafka',
    'acme/orders-db2',
    ':',
    '/:',
    '',
    '@',
    undefined,
  ])('%s is none', (image) => {
    expect(technologyOfImage(image)).toBeNull();
  });

  test('no image stands for two technologies', () => {
    const images = [...TECHNOLOGY_BY_IMAGE.keys()];
    expect(images.every((image) => /^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/.test(image))).toBe(true);
    const names = new Set([...TECHNOLOGY_BY_IMAGE.values()].map(({ name }) => name));
    expect([...VOTERS].filter((name) => !names.has(name))).toEqual([]);
  });
});

test.each([
  ['etcd', 2, null],
  ['etcd', 3, 2],
  ['etcd', 4, 3],
  ['Consul', 5, 3],
  ['PostgreSQL', 3, null],
  [null, 3, null],
])('%s of %d members needs %j', (technology, members, quorum) => {
  expect(quorumOf(technology, members)).toBe(quorum);
});

describe('where the image says nothing, clues that meet', () => {
  test.each([
    [{ name: 'redis', image: 'redislabs/redismod' }, 'Redis', /image name "redismod"/],
    [{ name: 'redis-replica', image: 'gcr.io/google_samples/gb-redisslave:v1' }, 'Redis', /image name/],
    [{ name: 'kafka', image: 'ghcr.io/open-telemetry/demo:2.0-kafka' }, 'Kafka', /image tag "kafka"/],
    [
      {
        name: 'catalogue-db',
        image: 'weaveworksdemos/catalogue-db:0.3.0',
        variables: ['MYSQL_ROOT_PASSWORD'],
      },
      'MySQL',
      /variable MYSQL_ROOT_PASSWORD/,
    ],
    [
      { name: 'accounts-db', image: 'a/accounts-db', variables: ['X', 'POSTGRES_USER'] },
      'PostgreSQL',
      /POSTGRES_USER/,
    ],
    [{ name: 'user-db', image: 'weaveworksdemos/user-db', ports: [80, 27017] }, 'MongoDB', /port 27017/],
    [{ name: 'kafka', image: 'ghcr.io/openzipkin/zipkin-kafka' }, 'Kafka', /name and the image name/],
    [{ name: 'nginx', image: undefined }, 'nginx', /its name/],
    [{ name: 'db', image: undefined, variables: ['POSTGRES_PASSWORD'] }, 'PostgreSQL', /POSTGRES_PASSWORD/],
  ])('%j', (clues, name, evidence) => {
    expect(guessTechnology(clues)).toMatchObject({ name, evidence: expect.stringMatching(evidence) });
  });

  test.each([
    { name: 'database', image: 'ghcr.io/stefanprodan/podinfo', ports: [3306] },
    { name: 'backend', image: undefined, variables: ['POSTGRES_DB', 'POSTGRES_PASSWORD'], ports: [5432] },
    { name: 'umami', image: 'ghcr.io/umami-software/umami:postgresql-latest', variables: ['POSTGRES_USER'] },
    { name: 'redis', image: 'oliver006/redis_exporter', ports: [6379] },
    { name: 'mysql', image: 'acme/shop', variables: ['MYSQL_ROOT_PASSWORD'] },
    { name: 'db', image: 'alpine' },
    { name: 'storage', image: 'ghcr.io/openzipkin/zipkin-kafka' },
    { name: 'kafka', image: 'mailgun/kafka-pixy' },
    { name: '', image: '' },
  ])('%j is none', (clues) => {
    expect(guessTechnology(clues)).toBeNull();
  });
});
