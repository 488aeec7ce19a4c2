import type { SourceFile } from './model.js';

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
 * named exactly so and lies highest is the app's: Heroku reads only those at the root.
 */
export function chooseFiles(files: readonly SourceFile[]): HerokuFiles {
  const inOrder = [...files].sort(
    (a, b) =>
      Number(isExact(b)) - Number(isExact(a)) ||
      depth(a) - depth(b) ||
      (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  const chosen: HerokuFiles = { procfile: null, appJson: null, herokuYml: null, others: [] };
  for (const file of inOrder) {
    const role = roleOf(file);
    if (chosen[role]) chosen.others.push(file);
    else chosen[role] = file;
  }
  return chosen;
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

function isExact({ name }: SourceFile): boolean {
  return ['Procfile', 'app.json', 'heroku.yml'].includes(baseOf(name));
}

function depth({ name }: SourceFile): number {
  return name.split('/').length;
}

function baseOf(name: string): string {
  return name.split('/').at(-1) ?? '';
}
