import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importFiles } from '../../src/imports/import.js';
import { recognise } from '../../src/imports/recognise.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

const COMPOSE = 'services:\n  web:\n    image: acme/web\n    ports: ["80:80"]\n';
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: acme/web}]\n';
const PLAN = '{"name": "Shop", "parts": []}';
const PROCFILE = '# how it runs\nweb: bundle exec puma -C config/puma.rb\nworker: sidekiq # optional\n';
const APP_JSON = '{"name": "shop", "addons": ["heroku-postgresql:mini"]}';

const asOf = (text: string, name = '') => recognise({ name, text }, true).as;

describe('a pasted text is recognised by what it holds', () => {
  test.each([
    ['Compose', COMPOSE, 'compose'],
    ['Compose with a version', `version: "3.9"\n${COMPOSE}`, 'compose'],
    ['Compose after comments and ---', `# x\n---\n${COMPOSE}`, 'compose'],
    ['Compose as JSON', '{"services": {"web": {"image": "acme/web"}}}', 'compose'],
    ['Compose with odd keys beside its services', `${COMPOSE}else: 1\n`, 'compose'],
    ['Compose in flow style', '{services: {web: {image: acme/web}}}', 'compose'],
    ['Compose, version 1', 'web:\n  image: a\n  links: [db]\ndb:\n  image: postgres\n', 'compose'],
    ['Compose, version 1, built', 'web:\n  build: .\n', 'compose'],
    ['only volumes of Compose', 'volumes:\n  data: {}\n', 'compose'],
    ['services of a wrong type', 'services: 5\n', 'compose'],
    ['Kubernetes', POD, 'kubernetes'],
    ['a List', 'kind: List\napiVersion: v1\nitems: []\n', 'kubernetes'],
    ['Kubernetes as JSON', '{"apiVersion": "v1", "kind": "List", "items": []}', 'kubernetes'],
    ['Kubernetes after documents of nothing', `---\n# x\n---\nfoo: 1\n---\n${POD}`, 'kubernetes'],
    ['Kubernetes without apiVersion', 'kind: Deployment\nmetadata: {name: a}\n', 'kubernetes'],
    ['a Procfile', PROCFILE, 'heroku'],
    ['a Procfile with CRLF', PROCFILE.replaceAll('\n', '\r\n'), 'heroku'],
    ['a Procfile of one worker without final newline', 'worker: python bot.py', 'heroku'],
    ['app.json', APP_JSON, 'heroku'],
    ['broken app.json', APP_JSON.replace(']', ',]'), 'heroku'],
    ['heroku.yml', 'build:\n  docker:\n    web: Dockerfile\nrun:\n  web: puma\n', 'heroku'],
    ['a plan', PLAN, 'plan'],
    ['a broken plan', PLAN.replace(']', ']]'), 'plan'],
    ['a plan with a wrong type', '{"parts": 5}', 'plan'],
    ['variables', 'A=1\nexport B=2\n# c\n', 'env'],
  ])('%s', (_, text, as) => {
    expect(asOf(text)).toBe(as);
    expect(asOf(`\ufeff${text}`)).toBe(as);
    expect(asOf(text, 'anything.txt')).toBe(as);
  });

  test.each([
    ['a Procfile by its name', 'bot: node bot.js\n', 'deploy/Procfile.dev', 'heroku'],
    ['app.json by its name', '{"name": "x", "env": {}}', 'app.json', 'heroku'],
    ['.env by its name', 'COMPOSE_PROFILES=a', 'x/.env', 'env'],
  ])('%s', (_, text, name, as) => {
    expect(asOf(text, name)).toBe(as);
  });
});

describe('what is something else is told what it is', () => {
  test.each([
    ['{"expo": {"name": "x"}}', 'app.json', /Expo/],
    ['{"name": "x", "dependencies": {}}', '', /package\.json/],
    ['apiVersion: v2\nname: shop\nversion: 1.0.0\n', 'Chart.yaml', /Helm chart/],
    [
      'image:\n  repo: a\nredis:\n  image: redis:7\n  replicas: 2\n  tag: x\n',
      'values.yaml',
      /neither Compose nor Kubernetes/,
    ],
    ['on: push\njobs:\n  a:\n    services:\n      redis: {image: redis}\n', '', /neither/],
    ['services:\n  - docker:dind\nstages: [a]\n', '.gitlab-ci.yml', /neither/],
    ['services:\n  App\\X: {autowire: true, tags: [a]}\nparameters: {}\n', 'services.yaml', /neither/],
    ['apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n', '', /Backstage/],
    ['services:\nweb:\n  image: x\n', '', /nothing under "services": indent the services below/],
    ['- a\n- b\n', '', /list/],
    ['Dear team, it runs on two machines.', '', /plain text/],
    ['<!doctype html>\n<html>services: {}</html>', '', /web page/],
    ['# services:\n#   web: {}\n', 'compose.extras.yaml', /empty but for comments/],
    ['A=1\n', '.env', /list of variables/],
    ['[1, 2]', '', /no object/],
    ['"text"', '', /text/],
  ])('%j in %j', (text, name, what) => {
    const result = importFiles([{ name, text }]);
    if (result.ok) throw new Error('it was read');
    expect(result.faults).toEqual([{ message: expect.stringMatching(what), file: name, line: 1 }]);
    expect(result.faults[0]?.message).toContain('Paste or upload');
  });
});

describe('bad input is refused with a place and a reason', () => {
  const picture = Array.from({ length: 5000 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join('');
  test.each([
    ['', /empty/],
    [' \n\t\n', /empty/],
    ['\ufeff', /empty/],
    ['services:\n  a: \0\n', /not text/],
    [picture, /not text/],
    ['\ufffd'.repeat(50), /not text/],
    [[...COMPOSE].join('\0'), /UTF-16/],
    ['a'.repeat(2 ** 21 + 1), /larger than 2 MB/],
    ['é'.repeat(2 ** 20 + 1), /larger than 2 MB/],
    ['services:\n\tweb:\n', /tab/],
    ['services:\n\u00a0\u00a0web:\n\u00a0\u00a0\u00a0\u00a0image: x\n', /no-break spaces/],
    [`${COMPOSE}---\n${POD}`, /both Compose and, from here, Kubernetes/],
    [`\`\`\`yaml\n${COMPOSE}\`\`\`\n`, /^A Markdown code fence stands here/],
  ])('%.30j', (text, message) => {
    const result = importFiles([{ name: 'f', text }]);
    if (result.ok) throw new Error('it was read');
    const [fault] = result.faults;
    expect(fault).toMatchObject({ message: expect.stringMatching(message), file: 'f' });
    expect([fault?.line, fault?.column]).toEqual([expect.any(Number), expect.any(Number)]);
  });

  test('what another tool left in a file is told by its name, where it stands', () => {
    const conflict = `${POD}<<<<<<< HEAD\nkind: Job\n=======\nkind: CronJob\n>>>>>>> theirs\n`;
    const faultOf = (text: string) => {
      const result = importFiles([
        { name: 'a.yaml', text },
        { name: 'b.yaml', text: POD },
      ]);
      return result.ok ? null : result.faults;
    };
    expect(faultOf(conflict)).toEqual([
      { message: expect.stringMatching(/^A merge left a conflict here/), file: 'a.yaml', line: 6, column: 1 },
    ]);
    expect(faultOf(`${POD}  \`\`\`\n`)).toEqual([
      { message: expect.stringMatching(/^A Markdown code fence/), file: 'a.yaml', line: 6, column: 3 },
    ]);
  });

  test('noise of 2 MB, in time that grows with it alone', () => {
    let seed = 7;
    const noise = Array.from({ length: 2_000_000 }, () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return 'abcdefgh0123 \n:-{}[]"\'#&*!|>%@`,'[(seed >> 8) % 32];
    }).join('');
    let result = importFiles([]);
    const work = () => (result = importFiles([{ name: '', text: noise }]));
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
    expect(result).toMatchObject({
      ok: false,
      faults: [{ line: expect.any(Number), column: expect.any(Number) }],
    });
  });

  test('nothing at all', () => {
    expect(importFiles([])).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('Nothing was given') }],
    });
  });
});

describe('several files', () => {
  const readme = { name: 'README.md', text: 'services: {}' };
  test('what is not read is skipped, told once for all of a kind', () => {
    const result = importFiles([
      readme,
      { name: 'docs/a.md', text: 'x' },
      { name: 'logo.png', text: '\0\0' },
      { name: 'data', text: '\0' },
      { name: 'values.yaml', text: 'a: 1\n' },
      { name: 'NOTES.txt', text: '{{ .Values.x' },
      { name: 'empty.yaml', text: '' },
      { name: 'compose.yaml', text: COMPOSE },
    ]);
    expect(result).toMatchObject({ ok: true, format: 'compose' });
    const skipped = result.report.filter(({ kind }) => kind === 'skipped').map(({ message }) => message);
    expect(skipped).toEqual([
      expect.stringContaining('README.md, docs/a.md, logo.png'),
      expect.stringContaining('not text (a picture, an archive, a program?): data'),
      expect.stringContaining('values.yaml'),
      expect.stringContaining('NOTES.txt'),
      expect.stringContaining('empty: empty.yaml'),
    ]);
  });

  test('of two formats are refused, each file named', () => {
    const result = importFiles([
      { name: 'k8s/pod.yaml', text: POD },
      { name: 'Procfile', text: PROCFILE },
      { name: 'app.json', text: APP_JSON },
    ]);
    expect(result).toMatchObject({
      ok: false,
      faults: [
        {
          message: expect.stringMatching(
            /Kubernetes \(k8s\/pod\.yaml\); Heroku \(Procfile, app\.json\)\. Import one kind/,
          ),
          file: 'Procfile',
        },
      ],
    });
  });

  test('a manifest among them that cannot be read stops the import', () => {
    const broken = { name: 'b.yaml', text: 'kind: Pod\n\tx: 1\n' };
    expect(importFiles([{ name: 'a.yaml', text: POD }, broken])).toMatchObject({
      ok: false,
      faults: [{ file: 'b.yaml', line: 2 }],
    });
  });

  test('a template among them is left out with its place, also when the kept files are read again', () => {
    const web = { name: 'templates/web.yaml', text: 'kind: Pod\nspec:\n  x: {{ .Values.x }}\n' };
    const result = importFiles([web, { name: 'pod.yaml', text: POD }]);
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    expect(result.plan.parts.map(({ name }) => name)).toEqual(['web']);
    const skipped = {
      kind: 'skipped',
      message: expect.stringMatching(
        /^Left out, being a Helm template .*"helm template NAME.*: templates\/web/,
      ),
      file: 'templates/web.yaml',
      line: 3,
    };
    expect(result.report).toContainEqual(skipped);
    expect(importFiles(result.files).report).toContainEqual(skipped);
  });

  test('of templates alone are refused, each with its place', () => {
    const template = (name: string) => ({
      name,
      text: 'kind: Pod\n{{- if .Values.on }}\nx: 1\n{{- end }}\n',
    });
    const chart = { name: 'Chart.yaml', text: 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' };
    const result = importFiles([chart, template('templates/a.yaml'), template('templates/b.yaml')]);
    const message = expect.stringMatching(/^This is a Helm template/);
    expect(result).toMatchObject({
      ok: false,
      faults: [
        { message, file: 'templates/a.yaml', line: 2 },
        { message, file: 'templates/b.yaml', line: 2 },
      ],
    });
  });

  test('none of which is of use are refused, with what they are', () => {
    const result = importFiles([readme, { name: 'x.yaml', text: 'a: 1\n' }]);
    expect(result).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('None of these 2 files') }],
    });
    expect(result.report.map(({ message }) => message).join()).toContain('x.yaml');
  });

  test('of an empty file with its variables beside it the file is told', () => {
    const result = importFiles([
      { name: '.env', text: 'A=1\n' },
      { name: 'compose.yaml', text: '# nothing yet\n' },
    ]);
    expect(result).toMatchObject({
      ok: false,
      faults: [
        { message: expect.stringMatching(/^This is empty but for comments/), file: 'compose.yaml', line: 1 },
      ],
    });
  });

  test('a variables file is for Compose only', () => {
    const env = { name: '.env', text: 'A=1\n' };
    expect(
      importFiles([env, { name: 'Procfile', text: PROCFILE }])
        .report.map(({ message }) => message)
        .join(),
    ).toContain('.env');
    expect(importFiles([env, { name: 'c.yaml', text: COMPOSE }])).toMatchObject({ ok: true });
  });
});

test('any text gives a plan or faults, and the last resort is never needed', () => {
  const piece = fc.constantFrom(
    'services:',
    '\n',
    '  ',
    'web:',
    ' image: a',
    'kind: Pod',
    'apiVersion: v1',
    '{',
    '}',
    '"parts"',
    '[',
    ']',
    ':',
    '-',
    'web: x',
    '\t',
    '\0',
    '<<',
    '*a',
    '&a',
    '=',
    'A',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 25 }),
      fc.constantFrom('', 'a.yml', 'Procfile', 'app.json', '.env'),
      (pieces, name) => {
        const result = importFiles([{ name, text: pieces.join('') }]);
        if (result.ok) return;
        expect(result.faults.length).toBeGreaterThan(0);
        expect(result.faults.map(({ message }) => message).join()).not.toContain('mistake of ours');
      },
    ),
    { numRuns: 1500 },
  );
});

describe('what is pasted is meant', () => {
  test('broken JSON beside a Procfile is a fault with its place', () => {
    const result = importFiles([
      { name: '', text: 'web: puma\n' },
      { name: '', text: '{\n  "env": {\n    "A" "b"\n  }\n}\n' },
    ]);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.faults[0]).toMatchObject({ file: '', line: 3, column: expect.any(Number) });
  });

  test('a text of nothing known is a fault; an uploaded one is left out', () => {
    const web = { name: '', text: COMPOSE };
    const pasted = importFiles([web, { name: '', text: 'colour: red\n' }]);
    expect(!pasted.ok && pasted.faults[0]?.message).toMatch(/^This is YAML, but neither/);
    expect(importFiles([web, { name: 'colours.yml', text: 'colour: red\n' }]).ok).toBe(true);
  });

  test('variables beside a Compose file are its variables', () => {
    const result = importFiles([
      { name: '', text: 'services:\n  web:\n    image: ${IMAGE}\n' },
      { name: '', text: 'IMAGE=nginx:1\n' },
    ]);
    expect(result.ok && result.plan.parts[0]?.technology).toBe('nginx');
  });
});

describe('names that neither a page nor the database can take', () => {
  test.each([
    ['NUL', '"a\\0b"', 'a\\u0000b'],
    ['half a surrogate pair', '"a\\uD83D"', 'a\\ud83d'],
    ['a bell', '"a\\a"', 'a\\u0007'],
  ])('%s', (_, key, shown) => {
    const result = importFiles([{ name: 'c.yml', text: `services:\n  ${key}:\n    image: acme/web\n` }]);
    expect(!result.ok && result.faults[0]?.message).toContain(`“${shown}” holds a character`);
  });

  test('an emoji is a name like any other', () => {
    expect(importFiles([{ name: 'c.yml', text: 'services:\n  "a🚀":\n    image: acme/web\n' }]).ok).toBe(
      true,
    );
  });
});
