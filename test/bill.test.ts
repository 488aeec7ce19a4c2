import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { BillJson } from '../src/domain/bill-json.js';
import { planToJson, readPlanJson } from '../src/imports/plan-json/plan-json.js';
import { golden, itsTheFuture } from './domain/worked-example.js';

const PROGRAM = new URL('../dist/src/bill.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'bill-'));
afterAll(() => rmSync(folder, { recursive: true }));

const EXAMPLE = written('example.json', JSON.stringify(planToJson(itsTheFuture), null, 2));
const TWO_PARTS = written(
  'two.json',
  JSON.stringify({
    name: 'Two',
    parts: [
      { name: 'web', kind: 'web', replicas: 2, cpuMillicores: 500, memoryMib: 4000, spread: true },
      { name: 'db', kind: 'database', memoryMib: 3000 },
    ],
    connections: [{ from: 'web', to: 'db' }],
  }),
);

type Run = { stdout: string; stderr: string; code: number | null };

function bill(args: string[], { input = '', isCutOff = false } = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder });
    const run: Run = { stdout: '', stderr: '', code: null };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      run.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      run.stderr += text;
    });
    if (isCutOff) child.stdout.destroy();
    child.on('error', reject).on('close', (code) => resolve({ ...run, code }));
    child.stdin.end(input);
  });
}

async function billJson(args: string[]): Promise<BillJson> {
  const { stdout, stderr, code } = await bill(['--json', ...args]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as BillJson;
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('the worked example', () => {
  test('--json tells 12 services in 50 containers on 8 machines for 688.91 USD', async () => {
    const told = await billJson([EXAMPLE]);
    expect(told).toMatchObject({
      parts: 22,
      services: 12,
      containers: 50,
      machines: 8,
      machinesLowerBound: 8,
      connections: 42,
      hardConnections: 32,
      softConnections: 10,
      managedParts: 3,
      usdPerMonth: 688.91,
      unknownCosts: [],
    });
    expect(Object.keys(told).join(' ')).toBe(
      'parts services containers machines machinesLowerBound connections hardConnections softConnections managedParts usdPerMonth unknownCosts entries placement',
    );
  });

  test('--json tells of each entry what the independent count says', async () => {
    const { entries } = await billJson([EXAMPLE]);
    expect(entries.map(({ name }) => name)).toEqual(['browse', 'checkout', 'deploy']);
    for (const entry of entries) {
      const want = golden.workedExample.entriesResult[entry.name as 'browse' | 'checkout' | 'deploy'];
      expect(Object.keys(entry).join(' ')).toBe(
        'name closure unavailability minutesDownPerMonth singlePoints',
      );
      expect(entry.closure).toEqual(want.closure);
      expect(entry.singlePoints).toEqual(want.spofParts);
      expect(entry.minutesDownPerMonth.onPaper).toBeCloseTo(want.independent.downtimeMinPerMonth, 4);
      expect(entry.minutesDownPerMonth.beta5).toBeCloseTo(want.beta5.downtimeMinPerMonth, 4);
      expect(entry.unavailability.beta10).toBeCloseTo(want.beta10.unavailability, 12);
    }
  });

  test('--json places every replica once, and no part of every machine', async () => {
    const { placement } = await billJson([EXAMPLE]);
    expect(placement?.length).toBe(8);
    const count = new Map<string, number>();
    for (const name of placement?.flat() ?? []) count.set(name, (count.get(name) ?? 0) + 1);
    const want = itsTheFuture.parts.filter((part) => part.runs === 'machine' && !part.perMachine);
    expect(Object.fromEntries(count)).toEqual(
      Object.fromEntries(want.map(({ name, replicas }) => [name, replicas])),
    );
  });

  test('--plan gives the plan back as it was', async () => {
    const { stdout } = await bill(['--plan', EXAMPLE]);
    expect(JSON.parse(stdout)).toEqual(planToJson(itsTheFuture));
    expect(readPlanJson([{ name: 'x', text: stdout }], {})).toMatchObject({ ok: true, plan: itsTheFuture });
  });

  test('without an option it is a table', async () => {
    const { stdout, stderr, code } = await bill([EXAMPLE]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/^It's the future\n\nparts +22 {3}12 services, 3 managed, 1 on every machine\n/);
    expect(stdout).toMatch(/\nUSD a month +688\.91\n/);
    expect(stdout).toMatch(/\nbrowse +9 parts +15\.4 min +34\.2 min +53\.0 min +lb-db, lb-public\n/);
    expect(stdout).toMatch(/\n +8 {3}auth, gateway, notifications, shipping\n$/);
  });
});

describe('what is unknown', () => {
  test('stays null in JSON and "unknown" in the table, with the reason', async () => {
    const told = await billJson([TWO_PARTS]);
    expect(told).toMatchObject({
      machines: null,
      usdPerMonth: null,
      unknownCosts: ['machines'],
      placement: null,
    });
    expect(told.entries[0]?.minutesDownPerMonth).toEqual({ onPaper: null, beta5: null, beta10: null });
    const { stdout } = await bill([TWO_PARTS]);
    expect(stdout).toMatch(/\nmachines +unknown {3}The plan names no machine type\.\n/);
    expect(stdout).toMatch(/\nnot known\n {2}the whole system: The availability of/);
  });
});

describe('options', () => {
  test('--machine takes an id of the price book', async () => {
    const told = await billJson(['--machine', 'aws-m6i-large', TWO_PARTS]);
    expect(told).toMatchObject({ machines: 3, usdPerMonth: 210.24 });
    expect(told.placement).toEqual([['web'], ['web'], ['db']]);
  });

  test('--reserve changes the rule the machine keeps memory by', async () => {
    const told = await billJson(['--machine', 'aws-m6i-large', '--reserve', 'none', TWO_PARTS]);
    expect(told.machines).toBe(2);
  });

  test('--machine takes a file with a machine type', async () => {
    const file = written(
      'machine.json',
      '{"name": "big", "cpuMillicores": 8000, "memoryMib": 16384, "usdPerMonth": 100}',
    );
    expect(await billJson(['--machine', file, TWO_PARTS])).toMatchObject({ machines: 2, usdPerMonth: 200 });
  });

  test.each(['0.9995', '99.95%', '99.95 %'])(
    '--assume %s gives every replica that states none 99.95 %%',
    async (share) => {
      const { stdout } = await bill(['--plan', '--assume', share, TWO_PARTS]);
      const parts = JSON.parse(stdout).parts as { availability: number }[];
      expect(parts.map(({ availability }) => availability)).toEqual([0.9995, 0.9995]);
    },
  );

  test('what a proxy is told by labels is no connection, and stderr says so', async () => {
    const file = written(
      'traefik.yml',
      'services:\n  edge:\n    image: traefik\n    ports: ["80:80"]\n  web:\n    image: shop\n    labels: [traefik.http.routers.web.rule=x]\n',
    );
    const { stdout, stderr, code } = await bill(['--json', file]);
    expect([JSON.parse(stdout).connections, code]).toEqual([0, 0]);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toContainEqual(
      expect.stringMatching(/traefik\.yml:7: warning: Routes in labels .*edge -> web\.$/),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/traefik\.yml:4: warning: The entry edge leads nowhere/),
    );
  });

  test('--verbose tells the whole report on stderr, else warnings alone', async () => {
    const app = join(folder, 'app');
    written('app/Procfile', 'web: puma\nrelease: rails db:migrate\n');
    const quiet = await bill([app]);
    const verbose = await bill(['--verbose', app]);
    expect(quiet.stderr).toMatch(/^warning: since 2026-02-06 [^\n]*\n$/);
    expect(verbose.stderr).toContain(`${join(app, 'Procfile')}:2: skipped: release is a step`);
    expect(verbose.stdout).toBe(quiet.stdout);
  });

  test('--help tells how it is called', async () => {
    const { stdout, code } = await bill(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('npm run --silent bill -- [options] FILE_OR_FOLDER...');
  });

  test.each([
    [['--assume', '99.95'], '--assume must be a share such as 0.9995 or 99.95%, is "99.95"'],
    [['--machine', 'nope'], '--machine must be a file or one of aws-t3-small'],
    [['--reserve', 'some'], '--reserve must be none, gke, eks, is "some"'],
    [['--reserve', 'gke'], '--reserve needs a machine type'],
    [['--cluster', 'me'], '--cluster must be self, managed, none, is "me"'],
    [['--colour'], "Unknown option '--colour'"],
  ])('%j is refused in one line', async (options, words) => {
    const { stdout, stderr, code } = await bill([...options, TWO_PARTS]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr.trimEnd().split('\n').length).toBe(1);
    expect(stderr).toContain(words);
  });
});

describe('where the text comes from', () => {
  test('- is the standard input', async () => {
    const { stdout, code } = await bill(['--json', '-'], {
      input: '{"parts": [{"name": "web", "kind": "web"}]}',
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).parts).toBe(1);
  });

  test('a folder is read with all it holds, but for node_modules, .git and what is larger than 2 MB', async () => {
    written('shop/Procfile', 'web: puma\n');
    written('shop/app.json', '{"formation": {"web": {"quantity": 2, "size": "standard-1x"}}}');
    written('shop/node_modules/x/plan.json', '{"parts": []}');
    written('shop/.git/plan.json', '{"parts": []}');
    written('shop/large.json', `{"parts": [], "x": "${'x'.repeat(2.1e6)}"}`);
    const { stdout, stderr } = await bill(['--json', 'shop']);
    expect(JSON.parse(stdout)).toMatchObject({ parts: 1, containers: 2, machines: 0, usdPerMonth: 50 });
    expect(stderr).toContain('shop/large.json: larger than 2 MB, left out');
  });

  test('several files are one system', async () => {
    const files = [
      written('a/Procfile', 'web: x\n'),
      written('b/app.json', '{"addons": ["heroku-postgresql"]}'),
    ];
    expect(await billJson(files)).toMatchObject({
      parts: 2,
      connections: 1,
      unknownCosts: ['web', 'heroku-postgresql'],
    });
  });

  test('a Compose file is read with the .env beside it', async () => {
    const file = written('scaled/compose.yaml', 'services:\n  web: {image: a, scale: $COPIES}\n');
    written('scaled/.env', 'COPIES=3\n');
    expect(await billJson([file])).toMatchObject({ containers: 3 });
    expect(await billJson([file, join(folder, 'scaled/.env')])).toMatchObject({ containers: 3 });
  });

  test('Compose files of several folders are laid over each other where each is named, and not in a folder', async () => {
    const base = written('stack/compose.yaml', 'services:\n  web: {image: a}\n');
    const over = written('stack/overrides/compose.two.yaml', 'services:\n  web: {scale: 2}\n');
    expect(await billJson([base, over])).toMatchObject({ parts: 1, containers: 2 });
    expect(await billJson([join(folder, 'stack')])).toMatchObject({ parts: 1, containers: 1 });
  });
});

describe('faults', () => {
  test('are one line each, with file, line and column, exit code 1 and nothing on stdout', async () => {
    written(
      'bad.json',
      '{"parts": [\n  {"name": "a", "kind": "web", "replicas": "two"},\n  {"name": "a", "kind": 1}\n]}',
    );
    const { stdout, stderr, code } = await bill(['--json', 'bad.json']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'bad.json:2:44: parts[0].replicas: must be a whole number of 0 or more, is "two"',
      expect.stringMatching(/^bad\.json:3:25: parts\[1\]\.kind: must be one of .*, is 1$/),
    ]);
  });

  test.each([
    [['nowhere.yml'], /^nowhere\.yml: there is no such file or folder\n$/],
    [[], /^which file or folder\? See --help\n$/],
    [['empty'], /^empty: there is no file to read\n$/],
    [['noise.json'], /^noise\.json:1:\d+: [^\n]+\n$/],
    [['nothing.yml'], /^nothing\.yml:1:1: [^\n]+\n$/],
  ])('%j is refused in one line', async (args, line) => {
    mkdirSync(join(folder, 'empty'), { recursive: true });
    written('noise.json', '{"parts": [}');
    written('nothing.yml', '');
    const { stdout, stderr, code } = await bill(args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(line);
  });

  test('a fault in the standard input says so', async () => {
    const { stderr, code } = await bill(['-'], { input: '{"parts": 3}' });
    expect(code).toBe(1);
    expect(stderr).toBe('standard input:1:11: parts: must be a list of parts, is 3\n');
  });
});

test('control characters in names are refused, and not obeyed by the terminal', async () => {
  const name = 'a\u001b[31mred\nline';
  written(
    'names.json',
    JSON.stringify({ name, parts: [{ name, kind: 'web', colour: 1 }], entries: [{ name, parts: [name] }] }),
  );
  const { stdout, stderr, code } = await bill(['names.json']);
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  expect(stderr).not.toContain('\u001b');
  expect(stderr).toMatch(/^names\.json:/);
});

test('a reader that closes the pipe early is no error', async () => {
  const parts = Array.from({ length: 5000 }, (_, index) => ({ name: `p${index}`, kind: 'service' }));
  const large = written('large.json', JSON.stringify({ parts }));
  const { stderr, code } = await bill(['--plan', large], { isCutOff: true });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
});
