import type { SourceFile } from '../model.js';

export type HerokuFiles = {
  procfile: SourceFile | null;
  appJson: SourceFile | null;
  herokuYml: SourceFile | null;
  /** Further files of a kind of which one app has only one. */
  others: SourceFile[];
};

type Role = 'procfile' | 'appJson' | 'herokuYml';

/**
 * Which file is what, by its name, or by what it looks like when it was pasted without one. Of several of a kind the one that is
 * named exactly so and lies highest is the app's, since Heroku reads only those at the root; an app.json beside the Procfile comes
 * before one elsewhere. What a developer's machine runs is no app's: it counts only where nothing else was given.
 */
export function chooseFiles(files: readonly SourceFile[]): HerokuFiles {
  const inOrder = [...files].sort(
    (a, b) => Number(isAppFile(b)) - Number(isAppFile(a)) || depth(a) - depth(b) || byName(a, b),
  );
  const candidate = inOrder.find((file) => roleOf(file) === 'procfile') ?? null;
  const isOfAnApp = files.some((file) => isAppFile(file) && roleOf(file) !== 'procfile');
  const procfile = candidate && isForDevelopment(candidate) && isOfAnApp ? null : candidate;
  const first = (role: Role) => {
    const ofRole = inOrder.filter((file) => roleOf(file) === role);
    return ofRole.find((file) => procfile && folderOf(file) === folderOf(procfile)) ?? ofRole[0] ?? null;
  };
  const chosen = { procfile, appJson: first('appJson'), herokuYml: first('herokuYml') };
  return { ...chosen, others: inOrder.filter((file) => !Object.values(chosen).includes(file)) };
}

/** Named as Heroku wants it, so an app's own: not `Procfile.dev`. */
export function isAppFile({ name }: SourceFile): boolean {
  return ['Procfile', 'app.json', 'heroku.yml'].includes(baseOf(name));
}

/** `Procfile.dev`, `Procfile.local`, `dev.Procfile`: foreman and its kin read them, Heroku does not. */
export function isForDevelopment({ name }: SourceFile): boolean {
  return /[.-](?:dev|local|test)|^(?:dev|local|test)/i.test(baseOf(name));
}

/** `Procfile`, `Procfile.dev`, `deployment/Procfile.heroku`. */
export function isProcfileName(name: string): boolean {
  return /^procfile(\..+)?$|\.procfile$/i.test(baseOf(name));
}

function roleOf({ name, text }: SourceFile): Role {
  if (isProcfileName(name)) return 'procfile';
  if (/\.ya?ml$/i.test(name) || /^(build|run|setup|release):[ \t]*\r?$/m.test(text)) return 'herokuYml';
  return /\.json$/i.test(name) || /^\uFEFF?\s*\{/.test(text) ? 'appJson' : 'procfile';
}

function byName(a: SourceFile, b: SourceFile): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

function depth({ name }: SourceFile): number {
  return name.split('/').length;
}

function folderOf({ name }: SourceFile): string {
  return name.split('/').slice(0, -1).join('/');
}

function baseOf(name: string): string {
  return name.split('/').at(-1) ?? '';
}
