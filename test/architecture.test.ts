import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../src/root.js';

type Source = { path: string; imports: string[]; text: string };

const sources: Source[] = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('db/generated'))
  .map((file) => {
    const text = readFileSync(join(root, 'src', file), 'utf8');
    const imports = [...text.matchAll(/(?:^|\n)(?:import|export)[^'"]*?from '([^']+)'|import\('([^']+)'\)/g)];
    return { path: file, text, imports: imports.map((match) => resolved(file, match[1] ?? match[2] ?? '')) };
  });

/** './model.js' in domain/bill.ts is 'domain/model.ts'; a package stays its name. */
function resolved(file: string, name: string): string {
  return name.startsWith('.') ? normalize(join(dirname(file), name)).replace(/\.js$/, '.ts') : name;
}

function within(folder: string): Source[] {
  return sources.filter(({ path }) => path.startsWith(`${folder}/`));
}

/** `file -> import` for every import that is not allowed. */
function strays(from: Source[], isAllowed: (name: string, source: Source) => boolean): string[] {
  return from.flatMap((source) =>
    source.imports.filter((name) => !isAllowed(name, source)).map((name) => `${source.path} -> ${name}`),
  );
}

const SPEAKS_HTTP_OR_SQL = /^imports\/(controller|form|in-line|preview|queries|contents-queries)\.ts$/;

describe('the architecture', () => {
  test('there is something to look at', () => {
    expect(within('domain').length).toBeGreaterThan(10);
    expect(sources.flatMap((source) => source.imports).length).toBeGreaterThan(100);
  });

  test('the core imports itself only, and dagre for the layers of a picture', () => {
    const isDagre = (name: string, path: string) =>
      name === '@dagrejs/dagre' && path === 'domain/pictures/diagram-depths.ts';
    const isAllowed = (name: string, { path }: Source) => name.startsWith('domain/') || isDagre(name, path);
    expect(strays(within('domain'), isAllowed)).toEqual([]);
  });

  test('the core knows no clock, no chance and no environment', () => {
    const tainted = within('domain').filter(({ text }) =>
      /\bDate\b|Math\.random|\bprocess\.|performance\./.test(text),
    );
    expect(tainted.map(({ path }) => path)).toEqual([]);
  });

  test('the readers of files know the core, each other, YAML and zod', () => {
    const readers = within('imports').filter(({ path }) => !SPEAKS_HTTP_OR_SQL.test(path));
    const isAllowed = (name: string) =>
      name.startsWith('domain/') || name === 'yaml' || name === 'zod' || name.startsWith('imports/');
    expect(strays(readers, (name) => isAllowed(name) && !SPEAKS_HTTP_OR_SQL.test(name))).toEqual([]);
  });

  test('the database is spoken to in queries only, and in the files of auth and db', () => {
    const speaks = (path: string) =>
      /queries\.ts$/.test(path) ||
      /^db\//.test(path) ||
      (/^auth\//.test(path) && !/controller\.ts$/.test(path)) ||
      ['machine-types/price-book.ts', 'server.ts', 'release.ts'].includes(path);
    const reaches = (name: string) =>
      /^db\/(client|generated)/.test(name) || name === 'pg' || name.startsWith('@prisma/');
    expect(
      strays(
        sources.filter(({ path }) => !speaks(path)),
        (name) => !reaches(name),
      ),
    ).toEqual([]);
  });

  test('the environment is read in one place', () => {
    const readers = sources.filter(({ text }) => /process\.env/.test(text)).map(({ path }) => path);
    // The entry points hand it over; settings.ts makes sense of it.
    expect(readers.sort()).toEqual(['release.ts', 'server.ts']);
  });

  test('nothing but its front knows how auth works', () => {
    const front = /^auth\/(auth|roles)\.ts$/;
    const outside = sources.filter(({ path }) => !path.startsWith('auth/'));
    const known = (name: string, { path }: Source) =>
      !name.startsWith('auth/') ||
      front.test(name) ||
      (path === 'routes.ts' && name.endsWith('/controller.ts')) ||
      (path === 'server.ts' && ['auth/sweep.ts', 'auth/post.ts'].includes(name));
    expect(strays(outside, known)).toEqual([]);
  });

  test('a folder of auth knows the core and itself; the core knows no folder, but for the two files that put it together', () => {
    const folderOf = (path: string) => /^auth\/([^/]+)\//.exec(path)?.[1];
    const putsTogether = (path: string) => ['auth/auth.ts', 'auth/sweep.ts'].includes(path);
    const allowed = (name: string, { path }: Source) => {
      const folder = folderOf(name);
      return folder === undefined || folder === folderOf(path) || putsTogether(path);
    };
    expect(new Set(within('auth').map(({ path }) => folderOf(path))).size).toBeGreaterThan(5);
    expect(strays(within('auth'), allowed)).toEqual([]);
    expect(strays(within('auth'), (name) => name !== 'auth/auth.ts')).toEqual([]);
  });

  test('what the head of auth names to be read in half an hour has six hundred lines at most', () => {
    const head = within('auth').find(({ path }) => path === 'auth/auth.ts')?.text ?? '';
    const listed = /in half an hour:\n\/\/\n([\s\S]*?)\n\/\/\n/.exec(head)?.[1] ?? '';
    const names = listed.match(/[\w-]+\.ts/g) ?? [];
    expect(names.length).toBeGreaterThan(5);
    const texts = names.map((name) => readFileSync(join(root, 'src/auth', name), 'utf8'));
    expect(texts.join('').split('\n').length - 1).toBeLessThanOrEqual(600);
  });

  test('a noun’s folder holds the same names everywhere', () => {
    const nouns = [
      'systems',
      'plans',
      'parts',
      'connections',
      'entries',
      'extra-costs',
      'machine-types',
      'comments',
    ];
    for (const noun of nouns) {
      const files = readdirSync(join(root, 'src', noun));
      expect(files, noun).toEqual(expect.arrayContaining(['controller.ts', 'form.ts', 'queries.ts']));
    }
  });

  test('views set no style and run no script of their own', () => {
    const views = readdirSync(join(root, 'views'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ejs'),
    );
    const breaking = views.filter((file) => {
      const text = readFileSync(join(root, 'views', file), 'utf8');
      return /\sstyle="|\son[a-z]+="|<script(?! src=)/.test(text);
    });
    expect(breaking).toEqual([]);
  });

  test('no comment of a migration holds a semicolon: the engine would cut the script there', () => {
    const folder = join(root, 'prisma/migrations');
    const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.sql'),
    );
    const cut = scripts.flatMap(
      (file) => readFileSync(join(folder, file), 'utf8').match(/^\s*--.*[;'].*$/gm) ?? [],
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(cut).toEqual([]);
  });

  test('each test that the README names for the door is there', () => {
    const door = /^## The door\n.*?(?=^## )/ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[0] ?? '';
    const named = [...door.matchAll(/^\| V.*\|(.*)\|$/gm)].flatMap(([, shown = '']) =>
      [...shown.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test|production|browser)\.ts$/.test(file))
      .map((file) => readFileSync(join(root, 'test', file), 'utf8'))
      .join();
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
  });

  test('the top level holds what the owner fixed and what tools insist on', () => {
    const tracked = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
    const here = readdirSync(root).filter((name) => !name.startsWith('.') && !tracked.includes(`${name}/`));
    const fixed = [
      'package.json',
      'tsconfig.json',
      'Procfile',
      'prisma',
      'src',
      'views',
      'public',
      'test',
      'README.md',
    ];
    expect(
      here.filter((name) => ![...fixed, 'package-lock.json', 'app.json', 'LICENSE'].includes(name)),
    ).toEqual([]);
  });
});
