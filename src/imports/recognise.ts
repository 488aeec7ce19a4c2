import { everyLine, isCompose, isVariablesFile } from './compose/shape.js';
import { isProcfileName } from './heroku/files.js';
import type { Fault, Format, SourceFile } from './model.js';
import { asText, isMapping } from './reading/values.js';
import { plainText, yamlDocuments } from './reading/yaml-documents.js';
import { strayMarkIn, templateIn } from './reading/yaml-faults.js';

/**
 * What a file is. `env`: variables, which only a Compose file gives a meaning. `other`: nothing an importer reads; `what` says so
 * as the rest of a sentence that begins with "is", and `line` is there where it would hold parts once a tool has been over it: where
 * that shows. `faulty`: it cannot be told, or not be read.
 */
export type Recognised =
  | { as: Format | 'env' }
  | { as: 'other'; what: string; line?: number }
  | { as: 'faulty'; faults: Fault[] };

const MAX_BYTES = 2 * 2 ** 20;

export const FORMATS_IN_WORDS =
  'a Compose file, Kubernetes manifests, a Procfile or app.json, or a plan as JSON';

/**
 * Tells by content what a file is; its name decides only where the content cannot (Procfile, .env). `isAlone`: nothing else was given
 * with it, so that whatever it is it was meant; in a folder a picture or a README is no fault.
 */
export function recognise(file: SourceFile, isAlone: boolean): Recognised {
  if (file.leftOut !== undefined) return other(file.leftOut, file.leftOutAt);
  const base = file.name.split('/').at(-1) ?? '';
  if (!isAlone && NEVER_READ.test(base)) return other('of a kind that never holds parts');
  const unreadable = unreadableFor(file.text);
  if (unreadable?.isForeign && !isAlone) return other(unreadable.message);
  if (unreadable) return faulty(file, `The file is ${unreadable.message}.`);

  const text = plainText(file.text);
  if (/^\s*<(?:!doctype|html|\?xml|svg)/i.test(text))
    return other('a web page or XML; paste the file itself (on GitHub: "Raw")');
  if (isProcfileName(base)) return { as: 'heroku' };
  if (isVariablesFile(file)) return { as: 'env' };
  const isYamlName = /\.ya?ml$/i.test(base);
  if (!isYamlName && isProcfile(text)) return { as: 'heroku' };
  const isJsonLike = /^\s*[{[]/.test(text);
  const json = isJsonLike ? parsedJson(text) : undefined;
  if (json !== undefined) return ofJson(json, base);
  const { documents, faults } = yamlDocuments(file);
  if (faults.length > 0) return ofBrokenText(text, base, faults, { isAlone, isYamlName });
  if (documents.length === 0) return other('empty but for comments');
  // YAML forgives what JSON does not (a comma too many); whose file it is can be told all the same.
  if (isJsonLike) return ofJson(documents[0]?.value, base);
  const is = ofDocuments(
    documents.map(({ value, line }) => ({ format: ofValue(value, base), line })),
    file,
  );
  return (is.as === 'other' && isAlone && oddIndentation(file, text)) || is;
}

/** YAML takes a no-break space, which web pages and chats leave, for a letter of a word: what it indents is indented by nothing. */
function oddIndentation({ name: file }: SourceFile, text: string): Recognised | null {
  const at = text.search(/^[ \t]*[\u00a0\u2000-\u200b\u202f\u3000]/m);
  if (at === -1) return null;
  const line = text.slice(0, at).split('\n').length;
  const column = text.slice(at).search(/[^ \t]/) + 1;
  const message =
    'This line begins with spaces that are none to YAML (no-break spaces, as web pages have them). Put ordinary ones there.';
  return { as: 'faulty', faults: [{ message, file, line, column }] };
}

function other(what: string, line?: number): Recognised {
  return { as: 'other', what, ...(line !== undefined && { line }) };
}

function faulty({ name }: SourceFile, message: string): Recognised {
  return { as: 'faulty', faults: [{ message, file: name, line: 1, column: 1 }] };
}

/** Programs, texts and pictures that stand beside the files that matter. */
const NEVER_READ =
  /\.(?:md|markdown|rst|adoc|html?|css|scss|js|jsx|ts|tsx|mjs|cjs|vue|py|rb|go|rs|java|kt|cs|php|c|h|cpp|sh|bash|ps1|bat|sql|proto|tf|tfvars|lock|sum|toml|ini|conf|cfg|xml|gradle|svg|png|jpe?g|gif|ico|webp|pdf|zip|gz|tgz|jar|pem|crt|key|csv|log|tpl|j2|patch|diff|map|woff2?)$|^(?:Dockerfile|Makefile|Gemfile|Rakefile|Jenkinsfile|Vagrantfile|LICEN[CS]E|NOTICE|CODEOWNERS|OWNERS|package(?:-lock)?\.json|tsconfig.*\.json|\.git\w*|\.dockerignore|\.editorconfig)/i;

function unreadableFor(text: string): { message: string; isForeign: boolean } | null {
  if (Buffer.byteLength(text) > MAX_BYTES)
    return { message: 'larger than 2 MB, more than one import takes', isForeign: false };
  if (text.trim() === '' || text === '\ufeff') return { message: 'empty', isForeign: true };
  const start = text.slice(0, 100_000);
  if (start.length > 8 && start.split('\0').length - 1 > start.length / 3)
    return { message: 'text in UTF-16; save it as UTF-8', isForeign: false };
  const odd = [...start].filter(isOdd).length;
  if (text.includes('\0') || odd > start.length / 100)
    return { message: 'not text (a picture, an archive, a program?)', isForeign: true };
  return null;
}

/** What text has none or little of: control characters, and the mark for bytes that were no UTF-8. */
function isOdd(character: string): boolean {
  const code = character.charCodeAt(0);
  return character === '\ufffd' || (code < 32 && !'\t\n\v\f\r\x1b'.includes(character));
}

/** `web: bundle exec puma`; one of the usual process types must be there, since any list of settings has this shape. */
function isProcfile(text: string): boolean {
  return (
    /^(?:web|workers?|release|clock|scheduler|sidekiq|bot):[ \t]*[^\s|>&*{[#]/m.test(text) &&
    everyLine(text, /^[\w-]+:[ \t]*\S/)
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ofJson(json: unknown, base: string): Recognised {
  const format = ofJsonObject(json, base);
  return FORMATS.has(format) ? { as: format as Format } : other(format);
}

const FORMATS: ReadonlySet<string> = new Set<Format>(['compose', 'kubernetes', 'heroku', 'plan']);

function ofJsonObject(json: unknown, base: string): string {
  if (!isMapping(json)) return 'JSON, but no object with parts';
  if ('expo' in json) return 'the app.json of an Expo app, which has nothing to do with Heroku';
  if ('parts' in json) return 'plan';
  const format = ofValue(json, base);
  if (FORMATS.has(format)) return format;
  if ('dependencies' in json || 'devDependencies' in json) return 'a package.json';
  const isHeroku = ['formation', 'addons', 'buildpacks', 'environments', 'success_url'].some(
    (key) => key in json,
  );
  return isHeroku || base === 'app.json' ? 'heroku' : 'JSON, but of nothing an importer reads';
}

/** Text that is not YAML: a broken file of a known format is a fault; a text of its own kind in a folder is not, nor is a template. */
function ofBrokenText(
  text: string,
  base: string,
  faults: Fault[],
  { isAlone, isYamlName }: { isAlone: boolean; isYamlName: boolean },
): Recognised {
  if (/^\s*\{/.test(text)) {
    // Their own readers say more exactly what is wrong with JSON.
    if (/"parts"\s*:/.test(text)) return { as: 'plan' };
    if (base === 'app.json' || /"(?:formation|addons|buildpacks)"\s*:/.test(text)) return { as: 'heroku' };
  }
  const isKnown = /^[ \t]*["']?(?:services|kind|apiVersion|image|parts)["']?[ \t]*:/m.test(text);
  if (!isAlone && !isYamlName && !isKnown) return other('no file with parts');
  const template = strayMarkIn(text) ? null : templateIn(text);
  if (template && !isAlone) return other(template.what, faults[0]?.line);
  if (isKnown || template) return { as: 'faulty', faults };
  const message = (fault: Fault) => `Nothing here looks like ${FORMATS_IN_WORDS}. ${fault.message}`;
  return { as: 'faulty', faults: faults.map((fault) => ({ ...fault, message: message(fault) })) };
}

function ofDocuments(documents: { format: string; line: number }[], file: SourceFile): Recognised {
  const formats = new Map<string, number>();
  for (const { format, line } of documents)
    if (FORMATS.has(format) && !formats.has(format)) formats.set(format, line);
  const [first] = formats.keys();
  if (first === undefined) return other(documents[0]?.format ?? 'empty');
  if (formats.size === 1) return { as: first as Format };
  const [, [format, line] = ['', 1]] = [...formats];
  const message = `This text holds both ${FORMAT_NAMES[first as Format]} and, from here, ${FORMAT_NAMES[format as Format]}. Import one kind at a time.`;
  return { as: 'faulty', faults: [{ message, file: file.name, line, column: 1 }] };
}

export const FORMAT_NAMES: Record<Format, string> = {
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  heroku: 'Heroku',
  plan: 'a plan as JSON',
};

/** A format, or in words what the document is instead. */
function ofValue(value: unknown, base: string): string {
  if (!isMapping(value)) return Array.isArray(value) ? 'a list, of nothing an importer reads' : 'plain text';
  const { apiVersion, kind, metadata } = value;
  const version = asText(apiVersion) ?? '';
  if (/^backstage\.io\//.test(version))
    return 'a Backstage catalogue file, which names parts but not what runs';
  if (kind !== undefined && (version !== '' || isMapping(metadata) || kind === 'CustomResourceDefinition'))
    return 'kubernetes';
  if (version !== '' && isMapping(metadata)) return 'kubernetes';
  if (/^kustomization\.ya?ml$/i.test(base)) return 'kubernetes';
  if (isCompose(value)) return 'compose';
  if (value.services === null)
    return 'YAML with nothing under "services": indent the services below that line';
  if (version !== '' && 'version' in value)
    return 'the head of a Helm chart: run "helm template NAME CHART-FOLDER" and import its output';
  const isHerokuYml = Object.keys(value).every((key) => /^(?:setup|build|release|run)$/.test(key));
  if (isHerokuYml && (isMapping(value.run) || isMapping(value.build))) return 'heroku';
  return 'YAML, but neither Compose nor Kubernetes';
}
