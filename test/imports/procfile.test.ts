import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProcfile } from '../../src/imports/heroku/lines.js';
import { readHeroku } from '../../src/imports/heroku/procfile.js';
import type { ImportOptions, Note, SourceFile } from '../../src/imports/model.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

type Files = { Procfile?: string; 'app.json'?: unknown; [name: string]: unknown };

function sources(files: Files): SourceFile[] {
  return Object.entries(files).map(([name, content]) => ({
    name,
    text: typeof content === 'string' ? content : JSON.stringify(content, null, 2),
  }));
}

function read(files: Files, options: ImportOptions = {}) {
  const result = readHeroku(sources(files), options);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result;
}

function faultsOf(files: Files) {
  const result = readHeroku(sources(files), {});
  if (result.ok) throw new Error('it was read');
  return result.faults;
}

function partOf(files: Files, name: string, options: ImportOptions = {}) {
  return read(files, options).plan.parts.find((part) => part.name === name);
}

function told(report: Note[], kind: Note['kind']): string {
  return report
    .filter((note) => note.kind === kind)
    .map((note) => note.message)
    .join('\n');
}

describe('the Procfile', () => {
  test('colons, quotes and # inside a command belong to the command', () => {
    const text = 'web: FOO="a: b" puma -p $PORT # optional\n# web: comment\n\nmy_worker-2: sidekiq';
    expect(readProcfile(text, 'Procfile')).toEqual({
      processes: [
        { type: 'web', command: 'FOO="a: b" puma -p $PORT # optional', line: 1 },
        { type: 'my_worker-2', command: 'sidekiq', line: 4 },
      ],
      faults: [],
    });
  });

  test('line ends of Windows and a byte-order mark change nothing', () => {
    const { processes } = readProcfile('\uFEFFweb: puma\r\nworker: sidekiq\r\n', 'Procfile');
    expect(processes.map(({ command }) => command)).toEqual(['puma', 'sidekiq']);
  });

  test.each([
    ['web puma', 1, 'a line must be "type: command"'],
    ['web: puma\n  worker: sidekiq', 2, 'at the beginning of the line'],
    ['web: puma\nweb: thin', 2, 'already given in line 1'],
    ['web:', 1, 'web has no command'],
    [`${'a'.repeat(64)}: x`, 1, '64 characters; 63 are allowed'],
    ['wörker: x', 1, 'letters, digits'],
  ])('%j is a fault with its line', (text, line, words) => {
    const faults = faultsOf({ Procfile: text });
    expect(faults).toMatchObject([{ file: 'Procfile', line }]);
    expect(faults[0]?.message).toContain(words);
  });

  test('of a file that is no Procfile at all the first twenty lines are told', () => {
    const faults = faultsOf({ Procfile: 'noise\n'.repeat(300) });
    expect(faults.length).toBe(21);
    expect(faults.at(-1)?.message).toBe('and 280 more lines like these');
  });

  test.each(['', '# nothing\n'])('%j says nothing and is refused', (text) => {
    expect(faultsOf({ Procfile: text })[0]?.message).toContain('no process type');
  });

  test('__proto__ and constructor are process types like any other', () => {
    const { plan } = read({
      Procfile: '__proto__: a\nconstructor: b\n',
      'app.json': { formation: {}, addons: [] },
    });
    expect(plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['__proto__', 0],
      ['constructor', 0],
    ]);
  });
});

describe('processes', () => {
  const Procfile = 'web: puma\nworker: sidekiq\nrelease: rails db:migrate\n';

  test('without a formation one web runs and the others are off; release is no part', () => {
    const { plan, report } = read({ Procfile });
    expect(
      plan.parts.map(({ name, kind, replicas, needed, runs }) => [name, kind, replicas, needed, runs]),
    ).toEqual([
      ['web', 'web', 1, 1, 'managed'],
      ['worker', 'worker', 0, 0, 'managed'],
    ]);
    expect(report).toContainEqual({
      kind: 'skipped',
      message: 'release is a step of every deploy, not a part that runs',
      file: 'Procfile',
      line: 3,
    });
    expect(plan.entries).toEqual([{ name: 'web', parts: ['web'] }]);
  });

  test.each([
    ['a mapping', { web: { quantity: 2, size: 'Standard-1X' }, worker: { quantity: 3 } }],
    [
      'a list',
      [
        { process: 'web', quantity: 2, size: 'standard-1x' },
        { type: 'worker', quantity: 3 },
      ],
    ],
  ])('the formation may be %s', (_, formation) => {
    const { plan } = read({ Procfile, 'app.json': { formation } });
    expect(
      plan.parts.map(({ replicas, usdPerMonth, memoryMib }) => [replicas, usdPerMonth, memoryMib]),
    ).toEqual([
      [2, 25, 512],
      [3, null, null],
    ]);
  });

  test.each([
    ['basic', 7, 512],
    ['Hobby', 7, 512],
    ['standard-2x', 50, 1024],
    ['performance-m', 250, 2560],
    ['Performance-L-RAM', 500, 30720],
    ['performance-2xl', 1500, 129024],
  ])('a dyno of the size %s costs %d USD and has %d MiB', (size, usdPerMonth, memoryMib) => {
    const files = { Procfile: 'web: x', 'app.json': { formation: { web: { quantity: 1, size } } } };
    expect(partOf(files, 'web')).toMatchObject({ usdPerMonth, memoryMib });
  });

  test.each(['free', 'private-s', 'huge'])(
    'the size %s has no known price, and the known ones are told',
    (size) => {
      const { plan, report } = read({ Procfile: 'web: x', 'app.json': { formation: { web: { size } } } });
      expect(plan.parts[0]?.usdPerMonth).toBeNull();
      expect(told(report, 'warning')).toContain(
        `dyno size "${size}" of web; known are Eco 5, Basic 7, Standard-1X 25`,
      );
    },
  );

  test('no size in the file leaves the price unknown, never 0', () => {
    const { plan, report } = read({ Procfile });
    expect(plan.parts.map((part) => part.usdPerMonth)).toEqual([null, null]);
    expect(told(report, 'assumed')).toContain('no dyno size is written for web, worker');
  });

  test('Eco is one flat price for all dynos', () => {
    const formation = { web: { quantity: 1, size: 'eco' }, worker: { quantity: 1, size: 'eco' } };
    const { plan } = read({ Procfile, 'app.json': { formation } });
    expect(plan.parts.map((part) => part.usdPerMonth)).toEqual([0, 0]);
    expect(plan.extraCosts).toEqual([{ label: 'Eco dynos, flat for the account', usdPerMonth: 5 }]);
  });

  test('more than one Basic dyno of a type is remarked on', () => {
    const { report } = read({ Procfile, 'app.json': { formation: { web: { quantity: 2, size: 'basic' } } } });
    expect(told(report, 'warning')).toContain('Basic allows one dyno of web, not 2');
  });

  test('quantity 0 switches web off, and then nothing is open', () => {
    const { plan } = read({ Procfile, 'app.json': { formation: { web: { quantity: 0 } } } });
    expect(plan.parts[0]).toMatchObject({ replicas: 0, needed: 0 });
    expect(plan.entries).toEqual([]);
  });

  test('dynos have no availability unless one is assumed', () => {
    expect(partOf({ Procfile }, 'web')?.availability).toBeNull();
    expect(partOf({ Procfile }, 'web', { assumedAvailability: 0.9995 })?.availability).toBe(0.9995);
    expect(told(read({ Procfile }, { assumedAvailability: 0.9995 }).report, 'assumed')).toContain(
      'Heroku promises none',
    );
  });

  test('a store that runs as a process is one', () => {
    const { plan, report } = read({
      Procfile: 'web: x\nredis: redis-server config/redis.conf\ndb: exec /usr/bin/mongod\n',
    });
    expect(plan.parts.slice(1).map(({ kind, technology }) => [kind, technology])).toEqual([
      ['cache', 'Redis'],
      ['database', 'MongoDB'],
    ]);
    expect(told(report, 'guessed')).toContain('redis is Redis run as a process');
  });

  test.each([
    ['bin/rails cache:clear', true],
    ['python manage.py migrate', true],
    ['npx prisma migrate deploy', true],
    ['npm run build', true],
    ['bin/rails db:prepare && bundle exec sidekiq', false],
    ['bundle exec sidekiq -q default', false],
    ['npm start', false],
  ])('%j ends by itself: %s', (command, isOneShot) => {
    const { plan, report } = read({ Procfile: `web: x\nother: ${command}\n` });
    expect(plan.parts[1]).toMatchObject({ name: 'other', kind: 'worker', replicas: 0 });
    expect(told(report, 'guessed').includes('ends by itself')).toBe(isOneShot);
  });

  test('a process that starts another Procfile is warned of', () => {
    const { report } = read({ Procfile: 'web: bundle exec foreman start -f Procfile.web\n' });
    expect(told(report, 'warning')).toContain('web starts the processes of Procfile.web inside its own dyno');
  });

  test('a type that only the formation knows is not counted, and told', () => {
    const { plan, report } = read({
      Procfile: 'web: x',
      'app.json': { formation: { clock: { quantity: 1 } } },
    });
    expect(plan.parts.map(({ name }) => name)).toEqual(['web']);
    expect(told(report, 'warning')).toContain(
      'the formation asks for clock (1), but no file says how it is started',
    );
  });
});

describe('add-ons', () => {
  const withAddOns = (...addons: unknown[]) => ({
    Procfile: 'web: puma\nworker: sidekiq',
    'app.json': { addons },
  });

  test.each([
    ['heroku-postgresql:essential-0', 'database', 'PostgreSQL', 5, 0.994444],
    ['heroku-postgresql:standard-0', 'database', 'PostgreSQL', 50, 0.998611],
    ['heroku-postgresql:premium-0', 'database', 'PostgreSQL', 200, 0.999653],
    ['heroku-postgresql:mini', 'database', 'PostgreSQL', 5, 0.994444],
    ['heroku-postgresql:standard-9', 'database', 'PostgreSQL', null, null],
    ['heroku-postgresql', 'database', 'PostgreSQL', null, null],
    ['heroku-redis:mini', 'cache', 'Redis', 3, null],
    ['heroku-key-value:premium-0', 'cache', 'Redis', 15, null],
    ['jawsdb:kitefin', 'database', 'MySQL', null, null],
    ['jawsdb-maria', 'database', 'MariaDB', null, null],
    ['cleardb', 'database', 'MySQL', null, null],
    ['mongolab', 'database', 'MongoDB', null, null],
    ['memcachier:dev', 'cache', 'Memcached', null, null],
    ['cloudamqp:lemur', 'queue', 'RabbitMQ', null, null],
    ['heroku-kafka', 'queue', 'Kafka', null, null],
    ['bonsai', 'database', 'Elasticsearch', null, null],
    ['searchbox', 'database', 'Elasticsearch', null, null],
    ['sendgrid:starter', 'external', 'SendGrid', null, null],
    ['mailgun', 'external', 'Mailgun', null, null],
    ['papertrail', 'platform', 'logs', null, null],
    ['scheduler:standard', 'platform', 'scheduler', null, null],
    ['somebodys-thing', 'external', 'somebodys-thing', null, null],
  ])(
    '%s is a managed %s (%s) for %s USD, availability %s',
    (plan, kind, technology, usdPerMonth, availability) => {
      const [name = ''] = plan.split(':');
      expect(partOf(withAddOns(plan), name)).toMatchObject({
        kind,
        technology,
        usdPerMonth,
        availability,
        runs: 'managed',
        replicas: 1,
        needed: 1,
      });
    },
  );

  test('may be objects with a plan and a name of their own', () => {
    const files = withAddOns({
      plan: 'heroku-postgresql:standard-0',
      as: 'ORDERS',
      options: { version: '17' },
    });
    expect(partOf(files, 'ORDERS')).toMatchObject({ kind: 'database', usdPerMonth: 50 });
  });

  test('a tolerated downtime is told to be no promise, with the date of the price', () => {
    const message = told(read(withAddOns('heroku-postgresql:essential-0')).report, 'read');
    expect(message).toContain(
      '240 minutes of downtime in 30 days that Heroku tolerates: a ceiling, not a promise',
    );
    expect(message).toContain('list price of 2026-07-17');
  });

  test('without a plan the price is unknown and the plans with a known price are told', () => {
    const message = told(read(withAddOns('heroku-postgresql')).report, 'assumed');
    expect(message).toContain('no plan is written for heroku-postgresql, so the price is unknown');
    expect(message).toContain('essential-0 5, essential-1 9');
  });

  test('options behind the plan, as for the command line, are no part of it', () => {
    const part = partOf(withAddOns('heroku-postgresql:essential-1 --version=15'), 'heroku-postgresql');
    expect(part?.usdPerMonth).toBe(9);
  });

  test('in-dyno add-ons belong to test and review apps: unknown price, and told', () => {
    const files = withAddOns('heroku-postgresql:in-dyno');
    expect(partOf(files, 'heroku-postgresql')?.usdPerMonth).toBeNull();
    expect(told(read(files).report, 'warning')).toContain('inside the dyno of a test or review app');
  });

  test('an add-on called like a process, or twice, keeps a name of its own', () => {
    const files = {
      Procfile: 'web: x\nscheduler: y',
      'app.json': { addons: ['scheduler', 'heroku-redis', 'heroku-redis'] },
    };
    expect(read(files).plan.parts.map(({ name }) => name)).toEqual([
      'web',
      'scheduler',
      'scheduler add-on',
      'heroku-redis',
      'heroku-redis add-on',
    ]);
  });

  test('each running process is guessed to call each add-on: stores hard, caches and mail soft, a scheduler not at all', () => {
    const { plan } = read(withAddOns('heroku-postgresql', 'memcachier', 'sendgrid', 'scheduler'));
    const evidence = 'add-on attached to the app';
    expect(plan.connections).toEqual([
      { from: 'web', to: 'heroku-postgresql', strength: 'hard', origin: 'guessed', evidence },
      { from: 'web', to: 'memcachier', strength: 'soft', origin: 'guessed', evidence },
      { from: 'web', to: 'sendgrid', strength: 'soft', origin: 'guessed', evidence },
    ]);
  });

  test('Redis is hard for a process that keeps its queue in it', () => {
    const formation = { worker: { quantity: 1 } };
    const files = {
      Procfile: 'web: puma\nworker: bundle exec sidekiq',
      'app.json': { formation, addons: ['heroku-redis'] },
    };
    expect(read(files).plan.connections.map(({ from, strength }) => [from, strength])).toEqual([
      ['web', 'soft'],
      ['worker', 'hard'],
    ]);
  });
});

describe('the rest of app.json', () => {
  test('review and test are told and not taken; production is taken', () => {
    const environments = {
      review: { formation: { web: { quantity: 9 } }, addons: ['heroku-redis'] },
      production: { formation: { web: { quantity: 2, size: 'standard-1x' } } },
    };
    const { plan, report } = read({
      Procfile: 'web: x',
      'app.json': { addons: ['heroku-postgresql'], environments },
    });
    expect(plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['web', 2],
      ['heroku-postgresql', 1],
    ]);
    expect(told(report, 'skipped')).toContain('environments.review runs web 9, heroku-redis;');
    expect(told(report, 'read')).toContain(
      'environments.production says what production runs: web 2 standard-1x',
    );
  });

  test('a required address of a store that no add-on provides is told', () => {
    const env = {
      MONGODB_URI: { required: true },
      REDIS_URL: { required: false },
      DATABASE_URL: 'postgres://x',
    };
    const { report, plan } = read({ Procfile: 'web: x', 'app.json': { env, addons: ['heroku-postgresql'] } });
    const warnings = told(report, 'warning');
    expect(warnings).toContain('MONGODB_URI must be set, but no add-on provides MongoDB');
    expect(warnings).not.toMatch(/REDIS_URL|DATABASE_URL/);
    expect(plan.parts.length).toBe(2);
  });

  test('PROCFILE_PATH is told with what that file would run', () => {
    const { report, plan } = read({
      Procfile: 'web: x\njobs: y',
      'app.json': { env: { PROCFILE_PATH: 'deploy/Procfile.heroku' } },
      'deploy/Procfile.heroku': 'web: z',
    });
    expect(plan.parts.map(({ name }) => name)).toEqual(['web', 'jobs']);
    expect(told(report, 'warning')).toContain(
      'deploy/Procfile.heroku replaces the Procfile at deploy time (it would run web)',
    );
  });

  test('without a Procfile no process is counted, and told', () => {
    const { plan, report } = read({ 'app.json': { addons: ['heroku-postgresql'] } });
    expect(plan.parts.map(({ name }) => name)).toEqual(['heroku-postgresql']);
    expect(plan.connections).toEqual([]);
    expect(told(report, 'warning')).toContain('no file states a process');
  });

  test('the plan is named after the app, the folder, or as asked', () => {
    expect(read({ Procfile: 'web: x', 'app.json': { name: ' Shop ', addons: [] } }).plan.name).toBe('Shop');
    expect(read({ 'shop/Procfile': 'web: x' }).plan.name).toBe('shop');
    expect(read({ Procfile: 'web: x' }).plan.name).toBe('Heroku app');
    expect(read({ Procfile: 'web: x' }, { planName: 'Mine' }).plan.name).toBe('Mine');
  });

  test('a key written twice is warned of', () => {
    const { report } = read({
      Procfile: 'web: x',
      'app.json': '{"stack": "heroku-22",\n"stack": "heroku-24"}',
    });
    expect(report).toContainEqual({
      kind: 'warning',
      message: 'the key "stack" is written twice; the last one counts',
      file: 'app.json',
      line: 2,
    });
  });

  test.each([
    ['{"addons": [,]}', 'not valid JSON', 1, 13],
    ['{"addons": "heroku-redis"}', 'addons: must be a list of add-ons, is "heroku-redis"', 1, 12],
    ['{"addons": [\n {"as": "X"}]}', 'addons[0]: must be "name:plan" or an object', 2, 2],
    [
      '{"formation": {"web": {"quantity": "two"}}}',
      'formation.web.quantity: must be a whole number of 0 or more, is "two"',
      1,
      36,
    ],
    ['{"formation": {"web": 1}}', 'formation.web: must be an object with a quantity and a size, is 1', 1, 23],
    ['{"formation": [{"quantity": 1}]}', 'formation[0]: must name its process type', 1, 16],
    [
      '{"environments": {"review": {"formation": 3}}}',
      'environments.review.formation: must be an object, is 3',
      1,
      43,
    ],
    ['[]', 'the file: must be an object', 1, 1],
  ])('%j is a fault with line and column', (text, words, line, column) => {
    const faults = faultsOf({ Procfile: 'web: x', 'app.json': text });
    expect(faults).toMatchObject([{ file: 'app.json', line, column }]);
    expect(faults[0]?.message).toContain(words);
  });

  test('an app.json of Expo is refused alone and left out beside a Procfile', () => {
    const expo = { expo: { name: 'x' } };
    expect(faultsOf({ 'app.json': expo })[0]?.message).toContain('Expo');
    const { report } = read({ Procfile: 'web: x', 'app.json': expo });
    expect(told(report, 'skipped')).toContain('Expo');
  });
});

describe('heroku.yml', () => {
  test('without a run section leaves the word to the Procfile', () => {
    const { report } = read({ Procfile: 'web: x', 'heroku.yml': 'build:\n  docker:\n    web: Dockerfile\n' });
    expect(told(report, 'read')).toContain('heroku.yml has no run section');
  });

  test('with a run section beside a Procfile is told', () => {
    const { report, plan } = read({ Procfile: 'web: x', 'heroku.yml': 'run:\n  web: y\n  worker: z\n' });
    expect(plan.parts.map(({ name }) => name)).toEqual(['web']);
    expect(told(report, 'warning')).toContain('run section (web, worker)');
  });

  test('alone says what runs', () => {
    const { plan, report } = read({
      'heroku.yml': 'run:\n  web: y\n  worker:\n    command:\n      - z\n    image: web\n',
    });
    expect(plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['web', 1],
      ['worker', 0],
    ]);
    expect(report.find((note) => note.part === 'worker')).toMatchObject({ file: 'heroku.yml', line: 3 });
  });

  test('runs the command of the Dockerfile where it builds an image and names no command', () => {
    const { plan, report } = read({
      'heroku.yml':
        'build:\n  docker:\n    web: Dockerfile\n    worker: worker/Dockerfile\nrun:\n  web: puma\n',
      'app.json': { formation: { worker: { quantity: 2, size: 'basic' } } },
    });
    expect(plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['web', 1],
      ['worker', 2],
    ]);
    expect(told(report, 'read')).toContain('builds an image for worker and gives no command');
    expect(told(report, 'warning')).not.toContain('no file says how it is started');
  });

  test('its release section is a step and no part', () => {
    const yml =
      'build:\n  docker:\n    web: Dockerfile\nrelease:\n  image: web\n  command:\n    - rake db:migrate\n';
    const { plan, report } = read({ 'heroku.yml': yml });
    expect(plan.parts.map(({ name }) => name)).toEqual(['web']);
    expect(report.find(({ message }) => message.startsWith('release is a step'))).toMatchObject({ line: 4 });
  });

  const SETUP =
    'setup:\n  addons:\n    - plan: heroku-postgresql:essential-0\n      as: DATABASE\n    - heroku-redis:mini\n';

  test('brings the add-ons it sets an app up with', () => {
    const { plan, report } = read({ 'heroku.yml': `${SETUP}build:\n  docker:\n    web: Dockerfile\n` });
    expect(plan.parts.map(({ name, usdPerMonth }) => [name, usdPerMonth])).toEqual([
      ['web', null],
      ['DATABASE', 5],
      ['heroku-redis', 3],
    ]);
    expect(report.find(({ part }) => part === 'DATABASE')).toMatchObject({ file: 'heroku.yml', line: 3 });
  });

  test('does not add its add-ons to those of app.json', () => {
    const { plan, report } = read({
      Procfile: 'web: x',
      'app.json': { addons: ['heroku-postgresql:mini'] },
      'heroku.yml': SETUP,
    });
    expect(plan.parts.map(({ name }) => name)).toEqual(['web', 'heroku-postgresql']);
    expect(told(report, 'skipped')).toContain('heroku.yml names add-ons too');
  });

  test.each([
    ['run: puma', 'run must be a mapping', 1],
    ['build:\n  docker: [web]', 'build.docker must be a mapping', 2],
    ['setup:\n  addons: heroku-redis', 'setup.addons must be a list', 2],
    ['setup:\n  addons:\n    - as: X', 'setup.addons[0] must be "name:plan"', 3],
  ])('with a wrong type in it (%j) is a fault with its line', (yml, message, line) => {
    const [fault] = faultsOf({ Procfile: 'web: x', 'heroku.yml': yml });
    expect(fault?.message).toContain(message);
    expect(fault).toMatchObject({ file: 'heroku.yml', line });
  });

  test('that is no YAML is a fault with its line', () => {
    expect(faultsOf({ Procfile: 'web: x', 'heroku.yml': 'run:\n  web: [' })).toMatchObject([
      { file: 'heroku.yml' },
    ]);
  });
});

test('files pasted without a name are told apart by what they look like', () => {
  const result = readHeroku(
    [
      { name: '', text: '{"formation": {"web": {"quantity": 3}}}' },
      { name: '', text: 'web: puma' },
    ],
    {},
  );
  expect(result.ok && result.plan.parts[0]?.replicas).toBe(3);
});

test("a developer's Procfile beside an app.json is not what runs", () => {
  const { plan, report } = read({
    'app.json': { formation: { web: { quantity: 1 } } },
    'Procfile.dev': 'web: rails s\ncss: yarn watch',
  });
  expect(plan.parts).toEqual([]);
  expect(report.find(({ file }) => file === 'Procfile.dev')).toMatchObject({ kind: 'skipped' });
});

test("a developer's Procfile alone is read, with a word about it", () => {
  const { plan, report } = read({ 'Procfile.dev': 'web: rails s\ncss: yarn watch' });
  expect(plan.parts.map(({ name }) => name)).toEqual(['web', 'css']);
  expect(told(report, 'warning')).toContain("this Procfile is a developer's");
});

test('of several apps one is counted whole, and the others are warned of', () => {
  const { plan, report } = read({
    'a/app.json': { addons: ['heroku-redis'] },
    'b/Procfile': 'web: x',
    'b/app.json': { addons: ['heroku-postgresql'] },
    'b/Procfile.dev': 'web: y',
  });
  expect(plan.parts.map(({ name }) => name)).toEqual(['web', 'heroku-postgresql']);
  expect(report.filter(({ file }) => file === 'a/app.json').map(({ kind }) => kind)).toEqual(['warning']);
  expect(report.filter(({ file }) => file === 'b/Procfile.dev').map(({ kind }) => kind)).toEqual(['skipped']);
});

test("the router that is in no file, and Heroku's state, are told", () => {
  const { report } = read({ Procfile: 'web: x' });
  expect(told(report, 'skipped')).toContain("Heroku's router stands before web");
  expect(told(report, 'warning')).toContain('since 2026-02-06');
});

test('no text makes it throw', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('web: x', '__proto__: y', '#', 'release: z', '{', '"a": 1'),
  );
  const text = fc.oneof(
    fc.array(line).map((lines) => lines.join('\n')),
    fc.json(),
  );
  const key = fc.constantFrom(
    'formation',
    'addons',
    'env',
    'environments',
    'review',
    'production',
    'web',
    'quantity',
    'size',
    'plan',
  );
  const app = fc.letrec((tie) => ({
    value: fc.oneof(key, fc.constant(null), fc.integer(), fc.boolean(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  })).object;
  fc.assert(
    fc.property(
      text,
      fc.oneof(
        text,
        app.map((value) => JSON.stringify(value)),
      ),
      text,
      (Procfile, appJson, yml) => {
        const files = sources({ Procfile, 'app.json': appJson, 'heroku.yml': yml });
        expect(typeof readHeroku(files, {}).ok).toBe('boolean');
        expect(typeof readHeroku(files.slice(0, 2), {}).ok).toBe('boolean');
        expect(typeof readHeroku(files.slice(1, 2), {}).ok).toBe('boolean');
      },
    ),
  );
});

test('2 MB of noise are refused in time that grows with them alone', () => {
  const types = Array.from({ length: 1.5e5 }, (_, index) => `p${index}: x\n`).join('');
  const numbers = `{"addons": [${'1,'.repeat(1e6)}1]}`;
  for (const text of ['x'.repeat(2e6), 'a: b\n'.repeat(4e5), types, '{"a":'.repeat(4e5), numbers]) {
    const work = () => expect(readHeroku([{ name: '', text }], {}).ok).toBe(false);
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
  }
});

test.each([
  ['tabs and a line separator', `w-:${'\t'.repeat(2e6)}\u2028x`],
  ['a program that is to do nothing known, over and over', `web: ${'t:knex .'.repeat(2.5e5)}`],
  ['spaces', `web: x${' '.repeat(2e6)}x`],
  ['steps', `web: ${'a && '.repeat(4e5)}b`],
  ['starters of processes', `web: ${'foreman -f '.repeat(2e5)}`],
  ['settings', `web: ${'A=b '.repeat(5e5)}`],
])('2 MB of a command are read in time that grows with them alone: %s', (_what, text) => {
  const work = () => expect(readHeroku([{ name: 'Procfile', text }], {}).ok).toBe(true);
  expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
});
