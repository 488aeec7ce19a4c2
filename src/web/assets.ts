import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';

const folder = join(root, 'public');
const versions = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => {
      const path = join(file.parentPath, file.name);
      const hash = createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 10);
      return [path.slice(folder.length + 1), hash];
    }),
);

/** The address of a file in public/, with its content's hash: it may be kept for ever, and a new one is fetched at once. */
export function assetUrl(name: string): string {
  return `/public/${name}?v=${versions.get(name) ?? ''}`;
}

/** The text of a file in public/, for what must carry its own copy (an SVG that leaves the site). */
export function assetText(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
