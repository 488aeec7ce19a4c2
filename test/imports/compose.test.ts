import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Part, Plan } from '../../src/domain/model.js';
import { readCompose } from '../../src/imports/compose/compose.js';
import { importFiles } from '../../src/imports/import.js';
import type { ImportOptions, Note } from '../../src/imports/model.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

type Files = Record<string, string>;

const read = (files: string | Files, options: ImportOptions = {}): { plan: Plan; report: Note[] } => {
  const sources =
    typeof files === 'string'
      ? [{ name: 'compose.yaml', text: files }]
      : Object.entries(files).map(([name, text]) => ({ name, text }));
  const result = readCompose(sources, options);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result;
};
const faultsOf = (text: string, name = 'compose.yaml') => {
  const result = readCompose([{ name, text }], {});
  return result.ok ? [] : result.faults;
};
const namesOf = ({ plan }: { plan: Plan }) => plan.parts.map(({ name }) => name);
const part = (files: string | Files, name: string): Part => {
  const found = read(files).plan.parts.find((each) => each.name === name);
  if (!found) throw new Error(`no part ${name}`);
  return found;
};
const pairsOf = (files: string | Files) =>
  read(files).plan.connections.map(
    ({ from, to, strength, origin, evidence }) => `${from} -> ${to} ${strength} ${origin} ${evidence}`,
  );
const told = ({ report }: { report: Note[] }, start: string) =>
  report.find(({ message }) => message.startsWith(start));

describe('a service becomes a part', () => {
  test('with its copies, needs and place', () => {
    const text = `services:
  web:
    image: acme/web
    ports: ["80:80"]
    deploy:
      replicas: 3
      placement: {max_replicas_per_node: 1}
      resources:
        limits: {cpus: "2", memory: 1G}
        reservations: {cpus: "0.25", memory: 256M}
`;
    expect(part(text, 'web')).toEqual({
      name: 'web',
      kind: 'web',
      replicas: 3,
      needed: 1,
      cpuMillicores: 250,
      memoryMib: 256,
      runs: 'machine',
      perMachine: false,
      spread: true,
      availability: null,
      usdPerMonth: null,
      technology: null,
    });
    expect(told(read(text), 'Limits were taken')).toBeUndefined();
  });

  test.each([
    ['mem_limit: 512m', { memoryMib: 512, cpuMillicores: null }],
    ['mem_limit: 1g\n    mem_reservation: 256m', { memoryMib: 256 }],
    ['cpus: 0.5', { cpuMillicores: 500 }],
    ['cpu_quota: 50000', { cpuMillicores: 500 }],
    ['cpu_quota: 50ms\n    cpu_period: 200ms', { cpuMillicores: 250 }],
    ['deploy: {resources: {limits: {memory: 1G}}}', { memoryMib: 1024 }],
    ['mem_limit: 0', { memoryMib: null }],
    ['scale: 4', { replicas: 4 }],
    ['deploy: {replicas: 0}', { replicas: 0, needed: 0 }],
    ['deploy: {mode: global}', { perMachine: true }],
    ['deploy: {mode: replicated-job}', { kind: 'job' }],
    ['provider: {type: awesomecloud}', { kind: 'external', runs: 'external' }],
  ])('%s', (line, expected) => {
    expect(part(`services:\n  api:\n    image: acme/api\n    ${line}\n`, 'api')).toMatchObject(expected);
  });

  test('limits taken as needs are told once for all', () => {
    const note = told(
      read('services:\n  a: {image: x, mem_limit: 1g}\n  b: {image: x, cpus: 1}\n'),
      'Limits were taken',
    );
    expect(note).toMatchObject({ kind: 'assumed', message: expect.stringContaining('a, b'), line: 2 });
  });

  test.each([
    ['image: postgres:16', { kind: 'database', technology: 'PostgreSQL' }],
    ['image: nginx\n    ports: [80]', { kind: 'load-balancer', technology: 'nginx' }],
    ['build: .', { kind: 'service', technology: null }],
    ['build: .\n    ports: ["8080"]', { kind: 'web' }],
    ['build: .\n    ports: ["127.0.0.1:8080:80"]', { kind: 'service' }],
    ['build: .\n    ports: [{target: 80, published: "8080"}]', { kind: 'web' }],
    ['build: .\n    ports: [{target: 80, host_ip: "::1"}]', { kind: 'service' }],
  ])('kind and technology of %s', (line, expected) => {
    expect(part(`services:\n  thing:\n    ${line}\n`, 'thing')).toMatchObject(expected);
  });

  test.each(['worker', 'mail-worker', 'celery_beat', 'scheduler', 'order.consumer'])(
    '%s is a worker by its name',
    (name) => {
      expect(part(`services:\n  ${name}: {build: .}\n`, name).kind).toBe('worker');
    },
  );

  test('of stores that vote the majority is needed, and the report says so', () => {
    const result = read('services:\n  kv: {image: "quay.io/coreos/etcd", deploy: {replicas: 5}}\n');
    expect(result.plan.parts[0]).toMatchObject({ replicas: 5, needed: 3 });
    expect(told(result, 'The majority')).toMatchObject({ kind: 'assumed', part: 'kv' });
  });

  test('takes the availability that is assumed for all, once told', () => {
    const { plan, report } = read('services:\n  a: {image: x}\n  b: {image: x}\n', {
      assumedAvailability: 0.9995,
      planName: 'Mine',
    });
    expect([plan.name, ...plan.parts.map(({ availability }) => availability)]).toEqual([
      'Mine',
      0.9995,
      0.9995,
    ]);
    expect(report.filter(({ message }) => message.includes('99.95 %'))).toHaveLength(1);
  });
});

describe('jobs', () => {
  test.each([
    [
      'a target of service_completed_successfully',
      'x: {image: a}\n  y: {image: b, depends_on: {x: {condition: service_completed_successfully}}}',
      'read',
    ],
    ['a migration by name', 'x-migrate: {image: a, restart: "no"}', 'guessed'],
    ['a migration by name, YAML 1.1', 'x-migrate: {image: a, restart: false}', 'guessed'],
    [
      'buckets made with the client of a store',
      'x: {image: minio/mc, entrypoint: ["sh", "-c", "mc mb a; exit 0;"]}',
      'guessed',
    ],
    [
      'a migration by command',
      'x: {build: ., command: sh -c "wait && npx prisma migrate deploy"}',
      'guessed',
    ],
    [
      "a schema with a store's image",
      'x-schema: {image: postgres, command: psql -f schema.sql, restart: on-failure}',
      'guessed',
    ],
  ])('%s', (_, service, kind) => {
    const result = read(`services:\n  ${service}\n`);
    expect(result.plan.parts[0]).toMatchObject({ kind: 'job', technology: null, replicas: 1 });
    expect(told(result, 'Jobs')).toMatchObject({ kind, part: result.plan.parts[0]?.name });
  });

  test('of several tasks carry no load, so nothing is assumed of it', () => {
    const result = read('services:\n  x: {image: a, deploy: {mode: replicated-job, replicas: 5}}\n');
    expect(result.plan.parts[0]).toMatchObject({ kind: 'job', replicas: 5, needed: 1 });
    expect(told(result, 'One copy alone')).toBeUndefined();
  });

  test.each([
    ['restart: "no" alone', 'foo: {image: foobar, restart: "no"}'],
    ['one that always restarts', 'init: {image: a, restart: always}'],
    ['one with ports', 'setup: {image: a, ports: ["80"]}'],
    ['a store that is called for its data', 'seed: {image: postgres}'],
    ['a migration before the server', 'web: {build: ., command: sh -c "npm run migrate && npm start"}'],
    ['a word within a word', 'initech: {image: a}\n  seedling: {image: b}'],
  ])('not %s', (_, services) => {
    expect(read(`services:\n  ${services}\n`).plan.parts.filter(({ kind }) => kind === 'job')).toEqual([]);
  });
});

describe('connections', () => {
  test('stated in every way there is, one for each pair, with all it is known from', () => {
    const text = `services:
  web:
    image: a
    depends_on: [db, cache]
    links: ["db:mysql", queue]
    environment: {DATABASE_URL: "postgres://u:p@db/x"}
  db: {image: postgres}
  cache: {image: redis, volumes_from: ["data:ro"]}
  queue: {image: nats, network_mode: "service:web"}
  data: {image: a, ipc: "service:db", pid: "container:the-db"}
  soft: {image: a, depends_on: {db: {condition: service_started, required: false}}}
`;
    expect(pairsOf(text)).toEqual([
      'web -> db hard stated depends_on, links, env DATABASE_URL',
      'web -> cache hard stated depends_on',
      'web -> queue hard stated links',
      'cache -> data hard stated volumes_from',
      'queue -> web hard stated network_mode',
      'data -> db hard stated ipc',
      'soft -> db soft stated depends_on',
    ]);
    expect(told(read(text), 'Connections to services that are not there')?.message).toContain(
      'data -> the-db',
    );
  });

  test('guessed from variables, by every name a service has', () => {
    const text = `services:
  web:
    image: a
    links: ["db:mysql"]
    environment:
      - MYSQL_HOST=mysql
      - CACHE_URL=redis://The-Cache:6379
      - QUEUE_ADDR=mq.local:5672
      - SEARCH_HOST=find
      - POSTGRES_DB=db
      - SELF_URL=http://web
  db: {image: mysql}
  cache: {image: redis, container_name: the-cache}
  queue: {image: rabbitmq, hostname: mq.local}
  search: {image: solr, networks: {default: {aliases: [find]}}}
  other: {image: a, environment: {MYSQL_HOST: mysql}}
`;
    expect(pairsOf(text)).toEqual([
      'web -> db hard stated links, env MYSQL_HOST',
      'web -> cache hard guessed env CACHE_URL',
      'web -> queue hard guessed env QUEUE_ADDR',
      'web -> search hard guessed env SEARCH_HOST',
    ]);
  });

  test('to what is not there are told, with the reason', () => {
    const result = read(`services:
  web:
    image: a
    depends_on: [nobody, debug]
    environment:
      AI_URL: http://ai-service:5001/
      DEBUG_URL: http://debug/
      FAR: https://api.example.com http://localhost:80 http://10.0.0.1
  debug: {image: a, profiles: [debug]}
`);
    expect(result.plan.connections).toEqual([]);
    expect(told(result, 'Connections to services')).toMatchObject({
      kind: 'warning',
      line: 4,
      message: expect.stringMatching(/: web -> nobody\.$/),
    });
    expect(told(result, 'Connections to parts that their profile')).toMatchObject({
      kind: 'skipped',
      message: expect.stringMatching(/: web -> debug\.$/),
    });
    expect(told(result, 'Hosts that variables name')).toMatchObject({
      line: 6,
      message: expect.stringMatching(/: ai-service \(AI_URL of web\)\.$/),
    });
  });

  test('that are nowhere written are asked for', () => {
    expect(read('services:\n  a: {image: x}\n  b: {image: y}\n').report[0]).toMatchObject({
      kind: 'warning',
      message: expect.stringContaining('draw the connections'),
    });
  });
});

describe('entries', () => {
  test.each([
    [
      'users reach before tools and stores',
      'web: {image: a, ports: [80]}\n  grafana: {image: grafana/grafana, ports: [3000]}\n  db: {image: postgres, ports: [5432]}',
      ['web'],
    ],
    [
      'are tools where nothing else is open',
      'grafana: {image: grafana/grafana, ports: [3000]}\n  db: {image: postgres, ports: [5432]}',
      ['grafana'],
    ],
    [
      'are stores where nothing else is open',
      'app: {image: a}\n  db: {image: postgres, ports: [5432]}',
      ['db'],
    ],
    [
      'have a number of their own, also where its variable is not set',
      'web: {image: a, ports: ["$HTTP_PORT:80"]}\n  api: {image: a, ports: [{target: 80, published: "$HTTP_PORT"}]}\n  rpc: {image: a, ports: ["90:90"]}\n  dev: {image: a, ports: ["80", "0.0.0.0::81"]}',
      ['web', 'api', 'rpc'],
    ],
    ['are no ports of this machine only', 'app: {image: a, ports: ["127.0.0.1:80:80", "[::1]:81:81"]}', []],
    ['are no parts that are switched off', 'app: {image: a, scale: 0, ports: ["80:80"]}', []],
  ])('%s', (_, services, entries) => {
    expect(read(`services:\n  ${services}\n`).plan.entries).toEqual(
      entries.map((name) => ({ name, parts: [name] })),
    );
  });
});

describe('variables', () => {
  const image = (written: string, env?: string) =>
    read({
      'compose.yaml': `services:\n  a:\n    image: x\n    environment: {V: '${written}', U: 'http://z'}\n    command: '${written}'\n  z: {image: y}\n`,
      ...(env === undefined ? {} : { '.env': env }),
    });
  const hostOf = (written: string, env?: string) =>
    read({
      'compose.yaml': `services:\n  a:\n    image: x\n    environment: {V: 'http://${written}'}\n  one: {image: y}\n  two: {image: y}\n`,
      ...(env === undefined ? {} : { '.env': env }),
    }).plan.connections.map(({ to }) => to);

  test.each([
    ['$H', 'H=one', ['one']],
    ['${H}', 'H=one', ['one']],
    ['${H}', "export H='one' # c", ['one']],
    ['${H}', 'H="o${X}"\n', []],
    ['${H}', 'X=ne\nH="o${X}"\n', ['one']],
    ['${H}', "X=ne\nH='o${X}'\n", []],
    ['${H:-one}', '', ['one']],
    ['${H:-one}', 'H=', ['one']],
    ['${H-one}', 'H=', []],
    ['${H-one}', '', ['one']],
    ['${H:-${X:-two}}', '', ['two']],
    ['${H:+two}', 'H=one', ['two']],
    ['${H:+two}', '', []],
    ['${H:?must}', 'H=two', ['two']],
    ['o$${H}', 'H=ne', []],
    ['one/$(hostname)', '', ['one']],
    ['${H', 'H=one', []],
    ['one/${', '', ['one']],
  ])('%s with %j', (written, env, hosts) => {
    expect(hostOf(written, env)).toEqual(hosts);
  });

  test('that are unset are told once with the first line, those insisted on apart', () => {
    const text = 'services:\n  a:\n    image: "$A/$B:${C:?say it}"\n    command: "$A ${D:-x}"\n';
    const result = read(text);
    expect(told(result, 'Variables without a value')).toMatchObject({
      line: 3,
      message: expect.stringMatching(/: A, B\.$/),
    });
    expect(told(result, 'Variables that must have a value')).toMatchObject({
      message: expect.stringMatching(/: C\.$/),
    });
    expect(told(image('x'), 'Variables')).toBeUndefined();
  });

  test('that are unset leave ports and sizes unknown, which is no fault', () => {
    const text =
      'services:\n  a:\n    image: x\n    ports: ["${P}:${P}", "${P}", "127.0.0.1:${P}:80", {target: "${P}"}]\n    mem_limit: ${M}m\n    cpus: "${C}"\n    scale: ${N}\n';
    expect(part(text, 'a')).toMatchObject({ kind: 'web', memoryMib: null, cpuMillicores: null, replicas: 1 });
  });

  test('a name alone takes its value from .env, as a list item and as a key', () => {
    for (const environment of ['[DB_HOST]', '{DB_HOST: }'])
      expect(
        pairsOf({
          'compose.yaml': `services:\n  a: {image: x, environment: ${environment}}\n  db: {image: y}\n`,
          '.env': 'DB_HOST=db',
        }),
      ).toHaveLength(1);
  });

  test('of an env_file count if it was given, else the report says what is missing', () => {
    const text =
      'services:\n  a: {image: x, env_file: [env/a.env, {path: env/b.env, required: false}]}\n  db: {image: y}\n';
    const result = read({ 'compose.yaml': text, 'env/a.env': 'DB_HOST=db\n' });
    expect(result.plan.connections).toMatchObject([{ from: 'a', to: 'db', evidence: 'env DB_HOST' }]);
    expect(told(result, 'Files of variables that were not given')?.message).toMatch(/: env\/b\.env\.$/);
  });

  test('of an example stand in where there is no .env, and that is told', () => {
    const compose = 'services:\n  a: {image: x, profiles: ["$P"]}\n';
    const result = read({ 'compose.yaml': compose, '.env.example': 'P=p\nCOMPOSE_PROFILES=p\n' });
    expect(namesOf(result)).toEqual(['a']);
    expect(told(result, 'There is no .env')).toMatchObject({ kind: 'assumed' });
  });

  test('that double each other do not fill the memory', () => {
    const env = `B0=xxxxxxxxxx\n${Array.from({ length: 60 }, (_, i) => `B${i + 1}=$B${i}$B${i}\n`).join('')}`;
    const before = process.memoryUsage().heapUsed;
    image('$B60$B59', env);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(300e6);
  });
});

describe('profiles', () => {
  const text =
    'services:\n  a: {image: x}\n  b: {image: x, profiles: [p, q]}\n  c: {image: x, profiles: [r]}\n';
  test.each([
    [undefined, ['a']],
    ['COMPOSE_PROFILES=q', ['a', 'b']],
    ['COMPOSE_PROFILES="q, r"', ['a', 'b', 'c']],
    ['COMPOSE_PROFILES=*', ['a', 'b', 'c']],
    ['COMPOSE_PROFILES=', ['a']],
  ])('%s', (env, names) => {
    const result = read({ 'docker-compose.yml': text, ...(env === undefined ? {} : { '.env': env }) });
    expect(namesOf(result)).toEqual(names);
    expect(told(result, 'Not started') === undefined).toBe(names.length === 3);
  });
});

describe('files laid over each other', () => {
  const base =
    'services:\n  web:\n    image: a\n    environment: [A=1, DB_HOST=one]\n    depends_on: [one]\n    ports: ["80:80"]\n    command: sleep 1\n  one: {image: x}\n  two: {image: x}\n';

  test('the override is laid over the base whatever the order, lists over mappings', () => {
    const override =
      'services:\n  web:\n    environment: {DB_HOST: two}\n    depends_on: {two: {condition: service_started}}\n    deploy: {replicas: 2}\n  three: {image: z}\n';
    for (const files of [
      { 'compose.override.yaml': override, 'compose.yaml': base },
      { 'compose.yaml': base, 'compose.override.yaml': override },
    ]) {
      expect(namesOf(read(files))).toEqual(['web', 'one', 'two', 'three']);
      expect(part(files, 'web').replicas).toBe(2);
      expect(pairsOf(files)).toEqual([
        'web -> one hard stated depends_on',
        'web -> two hard stated depends_on, env DB_HOST',
      ]);
    }
  });

  test('!reset takes away, !override replaces', () => {
    const over =
      'services:\n  web:\n    ports: !reset []\n    depends_on: !override [two]\n    environment: !reset null\n';
    expect(pairsOf({ 'compose.yaml': base, 'compose.prod.yaml': over })).toEqual([
      'web -> two hard stated depends_on',
    ]);
    expect(part({ 'compose.yaml': base, 'compose.prod.yaml': over }, 'web').kind).toBe('service');
  });

  test('a file given before the main one is left, as docker compose leaves it in a folder', () => {
    const result = read({
      'docker-compose.prod.yml': 'services:\n  web: {scale: 9}\n  more: {image: a}\n',
      'docker-compose.yml': base,
      'docker-stack.yml': base,
      'sub/compose.yaml': base,
    });
    expect(namesOf(result)).toEqual(['web', 'one', 'two']);
    expect(
      result.report.filter(({ message }) => message.startsWith('Left out')).map(({ message }) => message),
    ).toEqual([
      expect.stringMatching(/: docker-compose\.prod\.yml, docker-stack\.yml, sub\/compose\.yaml\.$/),
    ]);
  });

  test('a further file given after the main one is laid over it; without a standard name the order counts', () => {
    expect(
      namesOf(read({ 'compose.yaml': base, 'compose.extra.yaml': 'services:\n  more: {image: a}\n' })),
    ).toContain('more');
    expect(part({ 'b.yml': base, 'a.yml': 'services:\n  web: {scale: 3}\n' }, 'web').replicas).toBe(3);
  });

  test('a further file of another folder is laid over it where somebody named the file, not where the folder held it', () => {
    const files = [
      { name: 'compose.yaml', text: base },
      { name: 'overrides/compose.more.yaml', text: 'services:\n  web: {scale: 3}\n  more: {image: a}\n' },
      { name: 'more/compose.yaml', text: 'services:\n  most: {image: a}\n' },
    ];
    const namesIn = (isNamed: boolean) => {
      const result = readCompose(
        files.map((file) => ({ ...file, isNamed })),
        {},
      );
      return result.ok ? result.plan.parts.map(({ name, replicas }) => `${replicas} ${name}`) : [];
    };
    expect(namesIn(false)).toEqual(['1 web', '1 one', '1 two']);
    expect(namesIn(true)).toEqual(['3 web', '1 one', '1 two', '1 more', '1 most']);
  });

  test('COMPOSE_FILE decides', () => {
    const files = {
      '.env': 'COMPOSE_FILE=x.yml:y.yml',
      'compose.yaml': base,
      'x.yml': 'services:\n  x: {image: a}\n',
      'y.yml': 'services:\n  y: {image: a}\n',
    };
    expect(namesOf(read(files))).toEqual(['x', 'y']);
  });

  test('an overlay alone is refused, saying what is missing', () => {
    expect(faultsOf('services:\n  web:\n    ports: ["80:80"]\n')).toMatchObject([
      { message: expect.stringContaining('neither an image nor a build'), line: 2, file: 'compose.yaml' },
    ]);
  });

  test('documents of one pasted text are laid over each other too', () => {
    const text = `${base}---\nservices:\n  web: {scale: 2}\n  more: {image: a}\n`;
    expect(namesOf(read(text))).toEqual(['web', 'one', 'two', 'more']);
    expect(part(text, 'web').replicas).toBe(2);
  });

  test('a pasted text beside a file that compose reads by itself is left out, and is called what it is', () => {
    const { report } = read({ '': 'services:\n  more: {image: a}\n', 'compose.yaml': base });
    expect(report.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^Left out, .*: pasted text\.$/),
    );
  });
});

describe('extends', () => {
  test('from another file, whose services are not counted, and on from there', () => {
    const files = {
      'app/compose.yaml':
        'services:\n  web:\n    extends: {file: ../common/base.yml, service: app}\n    environment: {A: 2}\n  db: {image: postgres}\n',
      'common/base.yml':
        'services:\n  app:\n    extends: {service: root}\n    depends_on: [db]\n    environment: [A=1, DB_HOST=db]\n  root: {image: acme/app, mem_limit: 64m}\n',
    };
    expect(namesOf(read(files))).toEqual(['web', 'db']);
    expect(part(files, 'web')).toMatchObject({ memoryMib: 64 });
    expect(pairsOf(files)).toEqual(['web -> db hard stated depends_on, env DB_HOST']);
  });

  test('from the same file, also in short form and where folders were lost', () => {
    expect(part('services:\n  a: {image: x, scale: 2}\n  b: {extends: a}\n', 'b').replicas).toBe(2);
    expect(
      part(
        {
          'compose.yaml': 'services:\n  b: {extends: {file: deep/er/base.yml, service: a}}\n',
          'base.yml': 'services:\n  a: {image: x, scale: 2}\n',
        },
        'b',
      ).replicas,
    ).toBe(2);
  });

  test('from what was not given is a warning, the part is counted', () => {
    const result = read(
      'services:\n  b: {extends: {file: base.yml, service: a}}\n  c: {extends: {service: z}}\n',
    );
    expect(namesOf(result)).toEqual(['b', 'c']);
    expect(told(result, 'Extended but not given')).toMatchObject({
      kind: 'warning',
      line: 2,
      message: expect.stringMatching(/: base\.yml\.$/),
    });
    expect(told(result, 'Extended but not there')).toMatchObject({ kind: 'warning', line: 3 });
  });

  test('in a circle is a fault', () => {
    expect(
      faultsOf('services:\n  a: {extends: {service: b}, image: x}\n  b: {extends: {service: a}, image: x}\n'),
    ).toMatchObject([{ message: expect.stringContaining('extends itself'), line: expect.any(Number) }]);
  });
});

describe('include', () => {
  test("adds the services of another file, with that folder's own variables", () => {
    const files = {
      'compose.yaml':
        'include:\n  - more/compose.yaml\n  - {path: [x.yml, y.yml], env_file: x.env}\nservices:\n  web: {image: a, depends_on: [db, x]}\n',
      'more/compose.yaml': 'services:\n  db: {image: "$STORE"}\n',
      'more/.env': 'STORE=postgres\n',
      'x.yml': 'services:\n  x: {image: "$STORE"}\n',
      'y.yml': 'services:\n  x: {scale: 2}\n',
      'x.env': 'STORE=redis\n',
    };
    const { plan } = read(files);
    expect(plan.parts.map(({ name, technology, replicas }) => [name, technology, replicas])).toEqual([
      ['db', 'PostgreSQL', 1],
      ['x', 'Redis', 2],
      ['web', null, 1],
    ]);
    expect(plan.connections).toHaveLength(2);
  });

  test('of what was not given is a warning, a circle is a fault', () => {
    expect(
      told(read('include: [oci://x/y]\nservices:\n  a: {image: x}\n'), 'Included but not given'),
    ).toMatchObject({ kind: 'warning', line: 1 });
    const lost = read('include: [child/compose.yaml]\nservices:\n  a: {image: x}\n');
    expect(told(lost, 'Included but not given')?.message).toMatch(/: child\/compose\.yaml\.$/);
    const result = readCompose(
      [
        { name: 'compose.yaml', text: 'include: [b.yml]\n' },
        { name: 'b.yml', text: 'include: [compose.yaml]\n' },
      ],
      {},
    );
    expect(result).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('includes itself') }],
    });
  });
});

describe('version 1', () => {
  test('has its services at the top, and links and net between them', () => {
    const text =
      'web:\n  build: .\n  links: ["db:mysql"]\n  net: "container:vpn"\n  environment:\n    MYSQL_HOST: mysql\ndb:\n  image: mysql:5.7\n  mem_limit: 1000000000\nvpn:\n  image: vpn\n';
    expect(namesOf(read(text))).toEqual(['web', 'db', 'vpn']);
    expect(pairsOf(text)).toEqual([
      'web -> db hard stated links, env MYSQL_HOST',
      'web -> vpn hard stated net',
    ]);
  });
});

describe('wrong types', () => {
  test.each([
    ['services: [a]', /^services must be a mapping, is a list\.$/],
    ['services:\n  a: 5', /^services\.a must be a mapping with an image or a build, is a number \(5\)\.$/],
    ['services:\n  a:', /^services\.a must be .*, is empty\.$/],
    ['services:\n  a: {image: [x]}', /^services\.a\.image must be text, is a list\.$/],
    ['services:\n  a: {image: x, ports: 80}', /^services\.a\.ports must be a list, is a number \(80\)\.$/],
    [
      'services:\n  a: {image: x, ports: ["a:b:c:d"]}',
      /^services\.a\.ports\[0\] must be a port such as "8080:80"/,
    ],
    ['services:\n  a: {image: x, ports: [{target: web}]}', /ports\[0\] must be a port/],
    [
      'services:\n  a: {image: x, ports: [80: 80]}',
      /ports\[0\] must be a port such as "8080:80", is a mapping/,
    ],
    ['services:\n  a: {image: x, ports: -80}', /^services\.a\.ports must be a list, is a number \(-80\)\.$/],
    ['services:\n  a: {image: x, ports: "-80:80"}', /: a "-" needs a space behind it to begin an item\.$/],
    ['services:\n  a: image:x', /: a space is missing behind the colon of its key\.$/],
    ['services:\n  a: {image: x, depends_on: 1}', /^services\.a\.depends_on must be a list or a mapping/],
    [
      'services:\n  a: {image: x, environment: [{A: 1}]}',
      /^services\.a\.environment\[0\] must be text such as A=1, is a mapping\.$/,
    ],
    [
      'services:\n  a: {image: x, environment: {A: [1]}}',
      /^services\.a\.environment\.A must be text, is a list\.$/,
    ],
    ['services:\n  a: {image: x, scale: few}', /^services\.a\.scale must be a whole number from 0/],
    ['services:\n  a: {image: x, deploy: {replicas: -1}}', /deploy\.replicas must be a whole number/],
    ['services:\n  a: {image: x, deploy: {replicas: 1.5}}', /deploy\.replicas must be a whole number/],
    ['services:\n  a: {image: x, deploy: []}', /^services\.a\.deploy must be a mapping/],
    [
      'services:\n  a: {image: x, mem_limit: lots}',
      /^services\.a\.mem_limit must be a size such as 512M, is text \("lots"\)\.$/,
    ],
    ['services:\n  a: {image: x, cpus: [1]}', /^services\.a\.cpus must be a number of processors/],
    ['services:\n  a: {image: x, links: {b: c}}', /^services\.a\.links must be a list/],
    ['services:\n  a: {image: x, profiles: {b: c}}', /^services\.a\.profiles must be a list/],
    ['services:\n  a: {image: x, extends: [b]}', /^services\.a\.extends must be a mapping/],
    ['include: 5\nservices: {}', /^include must be a list/],
    ['volumes: 5', /^volumes must be a mapping/],
    ['services:\n  a: {image: x}\n  a: {image: y}', /"a" stands twice .*docker compose refuses/],
  ])('%j', (text, message) => {
    const faults = faultsOf(text);
    expect(faults).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(message),
        file: 'compose.yaml',
        line: expect.any(Number),
      }),
    ]);
    expect(faults[0]?.line).toBe(
      text.includes('include') || !text.includes('\n') ? 1 : text.includes('y}') ? 3 : 2,
    );
  });

  test.each([
    ['services:\n  a: {image: x, ports: [[80]]}', /^services\.a\.ports\[0\] must be a port .*, is a list\.$/],
    [
      'services:\n  a: {image: x, ports: [{target: {b: 1}}]}',
      /ports\[0\] must be a port .*, is a mapping\.$/,
    ],
    ['services:\n  a: {image: x, ports: ["99999:80"]}', /ports\[0\] must be a port/],
    ['services:\n  a: {image: x, ports: [70000]}', /ports\[0\] must be a port .*, is a number \(70000\)\.$/],
    ['services:\n  a: {image: x, ports: [{target: 70000}]}', /ports\[0\] must be a port/],
    ['services:\n  "": {image: x}', /^A service must have a name/],
    ['services:\n  " ": {image: x}', /^A service must have a name/],
    [
      'services:\n  "a\\0": {image: x}',
      /^The name of the service “a\\u0000” holds a character that cannot be shown/,
    ],
    [`services:\n  ${'a'.repeat(201)}: {image: x}`, /^A service must have a name, of at most 200/],
  ])('%j', (text, message) => {
    expect(faultsOf(text)).toEqual([
      { message: expect.stringMatching(message), file: 'compose.yaml', line: 2, column: expect.any(Number) },
    ]);
  });

  test.each([
    ['a service', 'services:\n  a: {image: x}\n  a: {image: y}\n', 3],
    ['a section', 'services:\n  a: {image: x}\nservices:\n  b: {image: y}\n', 1],
    ['a service of version 1', 'a:\n  image: x\na:\n  image: y\n', 1],
  ])('%s that stands twice is refused, since one would be lost', (_, text, column) => {
    expect(faultsOf(text)).toEqual([
      {
        message: expect.stringMatching(/ stands twice \(first in line \d\), which .* refuses\. Take/),
        file: 'compose.yaml',
        line: 3,
        column,
      },
    ]);
  });

  test('a key that stands twice within a service is warned of, and the last one counts', () => {
    const text =
      'services:\n  a:\n    image: x\n    environment:\n      DB_HOST: one\n      DB_HOST: two\n  one: {image: y}\n  two: {image: y}\n';
    const result = read(text);
    expect(result.plan.connections.map(({ to }) => to)).toEqual(['two']);
    expect(told(result, '"DB_HOST" stands twice (first in line 5); the last one was taken.')).toMatchObject({
      kind: 'warning',
      file: 'compose.yaml',
      line: 6,
    });
  });

  test('names that JavaScript keeps for itself are names like any other', () => {
    const { plan } = read(
      'services:\n  __proto__: {image: a}\n  constructor: {image: b, depends_on: [__proto__, toString]}\n  toString: {image: postgres}\n  hasOwnProperty: {image: c, environment: {__proto__: "http://constructor"}}\n',
    );
    expect(plan.parts.map(({ name }) => name)).toEqual([
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
    ]);
    expect(plan.connections).toHaveLength(3);
  });
});

describe('hostile files', () => {
  const numbered = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  const cases: Record<string, string> = {
    '100,000 services': `services:\n${numbered(100_000, (i) => `  s${i}: {image: a}\n`)}`,
    'a chain of extends upwards': `services:\n${numbered(2000, (i) => `  s${i}: {image: a, extends: {service: s${i + 1}}}\n`)}`,
    'an open variable in another': `services:\n  a:\n    image: "${'${a:-'.repeat(300_000)}"\n`,
    'a variable after another': `services:\n  a:\n    image: "\${x:-${'$a'.repeat(900_000)}"\n`,
    'dashes as ports': `services:\n  a:\n    image: x\n    ports: ["${'1-'.repeat(900_000)}"]\n`,
    'a long value of an address': `services:\n  a:\n    image: x\n    environment: {DB_HOST: "${'a:1,'.repeat(400_000)}"}\n`,
    'a long command': `services:\n  a:\n    image: x\n    command: "${'kafka-topics '.repeat(150_000)}"\n`,
    'a long name': `services:\n  ${'a-'.repeat(500)}: {image: ${'x/'.repeat(500_000)}}\n`,
  };
  test.each(Object.entries(cases))('%s: an answer in time that grows with them alone', (_, text) => {
    let result = importFiles([]);
    const work = () => (result = importFiles([{ name: '', text }]));
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
    expect(JSON.stringify(result.report).length).toBeLessThan(100_000);
    if (!result.ok) expect(result.faults[0]?.message).not.toContain('mistake of ours');
  });

  test('a good file with any value replaced by any other gives a plan or faults, never an exception', () => {
    const good = {
      services: {
        web: {
          image: 'a',
          ports: ['80:80'],
          depends_on: { db: { condition: 'service_healthy' } },
          environment: { DB_HOST: 'db' },
          deploy: {
            replicas: 2,
            resources: { limits: { memory: '1G', cpus: '1' } },
            placement: { max_replicas_per_node: 1 },
          },
        },
        db: {
          image: 'postgres',
          links: ['web'],
          networks: { n: { aliases: ['x'] } },
          env_file: ['a.env'],
          profiles: [],
          volumes_from: ['web'],
          command: ['a', 'b'],
          expose: [1],
          restart: 'no',
        },
        ext: { extends: { file: 'x.yml', service: 'y' }, build: { context: '.' } },
      },
      volumes: { v: {} },
      include: [{ path: 'z.yml', env_file: 'e.env' }],
    };
    const paths: string[][] = [];
    const walk = (value: unknown, path: string[]) => {
      paths.push(path);
      if (typeof value === 'object' && value !== null)
        for (const key of Object.keys(value)) walk((value as Record<string, unknown>)[key], [...path, key]);
    };
    walk(good, []);
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        '${A:-${B}}',
        'service:web',
        'http://db:1',
        -1,
        1e21,
        '9'.repeat(400),
        '__proto__',
        [[[]]],
        { 'a.b': null },
      ),
    );
    const set = (value: unknown, [key, ...rest]: string[], to: unknown): unknown => {
      if (key === undefined) return to;
      if (Array.isArray(value))
        return value.map((item, i) => (String(i) === key ? set(item, rest, to) : item));
      return { ...(value as object), [key]: set((value as Record<string, unknown>)[key], rest, to) };
    };
    fc.assert(
      fc.property(fc.constantFrom(...paths), anything, (path, value) => {
        const result = readCompose(
          [{ name: 'compose.yaml', text: JSON.stringify(set(good, path, value)) }],
          {},
        );
        if (result.ok) {
          const names = new Set(result.plan.parts.map(({ name }) => name));
          for (const { from, to } of result.plan.connections)
            expect(names.has(from) && names.has(to)).toBe(true);
          for (const { replicas, needed } of result.plan.parts)
            expect(Number.isInteger(replicas) && needed <= replicas).toBe(true);
        } else
          for (const fault of result.faults)
            expect(fault).toMatchObject({ file: 'compose.yaml', line: expect.any(Number) });
      }),
      { numRuns: 2000 },
    );
  });
});
