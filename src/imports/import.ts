import { readCompose } from './compose/compose.js';
import { readHeroku } from './heroku/procfile.js';
import { readKubernetes } from './kubernetes/kubernetes.js';
import type { Fault, Format, ImportOptions, ImportResult, Note, Reader, SourceFile } from './model.js';
import { readPlanJson } from './plan-json/plan-json.js';
import { TooMuch } from './reading/budget.js';
import { notesOf, type Remarks, remark } from './reading/remarks.js';
import { tooLarge } from './reading/too-large.js';
import { unwritable } from './reading/unwritable.js';
import { countTogether } from './reading/yaml-documents.js';
import { FORMAT_NAMES, FORMATS_IN_WORDS, type Recognised, recognise } from './recognise.js';

const READERS: Record<Format, Reader> = {
  compose: readCompose,
  kubernetes: readKubernetes,
  heroku: readHeroku,
  plan: readPlanJson,
};

const MAX_FAULTS = 20;

/** With the files to keep: those that were read as they are, of others the name and why they were left out. */
export type Imported =
  | (Extract<ImportResult, { ok: true }> & { files: SourceFile[] })
  | Extract<ImportResult, { ok: false }>;

/**
 * Reads what a person pasted or uploaded: one file, several, or a folder, in the order given. Recognises each file by its content and
 * has the reader of that format make a draft plan and a report. Faults instead of a plan: bad text, more than one format, or nothing
 * to read; also what comes to more than one plan may hold, or to more work than a small file should be. Never throws on input.
 */
export function importFiles(files: readonly SourceFile[], options: ImportOptions = {}): Imported {
  try {
    return read(files, options);
  } catch (error) {
    if (error instanceof TooMuch) {
      const { file = files[0]?.name ?? '', line, column } = error.place ?? {};
      return { ok: false, faults: [{ message: error.message, file, line, column }], report: [] };
    }
    const reason = error instanceof Error ? error.message : String(error);
    const message = `This could not be read, which is a mistake of ours and not of the file: ${reason}`;
    return { ok: false, faults: [{ message, file: files[0]?.name ?? '' }], report: [] };
  }
}

type Found = { file: SourceFile; is: Recognised };

function read(files: readonly SourceFile[], options: ImportOptions): Imported {
  countTogether(files);
  const found = files.map((file) => ({ file, is: recognise(file, files.length === 1 || isPasted(file)) }));
  const formats = [...new Set(found.flatMap(({ is }) => (isFormat(is) ? [is.as] : [])))];
  const [format] = formats;
  const report = found.length > 1 ? skipped(found, format) : [];
  const faults = found.flatMap((one) =>
    one.is.as === 'faulty' ? one.is.faults : pastedForNothing(one, found),
  );

  if (formats.length > 1) faults.push(severalFormats(found, formats));
  if (format === undefined && faults.length === 0) faults.push(...nothingToRead(found));
  if (format === undefined || faults.length > 0)
    return { ok: false, faults: faults.slice(0, MAX_FAULTS), report };

  const sources = found.filter(({ is }) => is.as === format || (format === 'compose' && is.as === 'env'));
  const result = READERS[format](
    sources.map(({ file }) => file),
    options,
  );
  if (!result.ok) return { ...result, report: [...result.report, ...report] };
  const first = sources[0]?.file.name ?? '';
  const refused = [...tooLarge(result.plan, first), ...unwritable(result.plan, first)];
  if (refused.length > 0) return { ok: false, faults: refused.slice(0, MAX_FAULTS), report };
  return { ...result, report: [...result.report, ...report], files: found.map((one) => kept(one, sources)) };
}

function kept(one: Found, sources: Found[]): SourceFile {
  if (sources.includes(one)) return one.file;
  const { name } = one.file;
  if (one.is.as !== 'other') return { name, text: '', leftOut: VARIABLES };
  const { what, line } = one.is;
  return { name, text: '', leftOut: what, ...(line !== undefined && { leftOutAt: line }) };
}

const VARIABLES = 'variables and no parts';

function isPasted({ name }: SourceFile): boolean {
  return name === '';
}

/** In a folder much is no concern of ours; what somebody pasted was meant to be read. */
function pastedForNothing({ file, is }: Found, found: Found[]): Fault[] {
  if (is.as !== 'other' || !isPasted(file) || found.length === 1) return [];
  return [{ message: `This is ${is.what}. Paste ${FORMATS_IN_WORDS}.`, file: '', line: 1, column: 1 }];
}

function isFormat(is: Recognised): is is { as: Format } {
  return is.as in READERS;
}

function skipped(found: Found[], format: Format | undefined): Note[] {
  const remarks: Remarks = new Map();
  for (const { file, is } of found) {
    const name = file.name || 'pasted text';
    const line = is.as === 'other' ? is.line : undefined;
    const place = { file: file.name, ...(line !== undefined && { line }) };
    if (is.as === 'other') remark(remarks, 'skipped', `Left out, being ${is.what}`, name, place);
    if (is.as === 'env' && format !== 'compose')
      remark(remarks, 'skipped', `Left out, being ${VARIABLES}`, name, place);
  }
  return notesOf(remarks);
}

function severalFormats(found: Found[], formats: Format[]): Fault {
  const lists = formats.map((format) => {
    const names = found.filter(({ is }) => is.as === format).map(({ file }) => file.name || 'pasted text');
    const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
    return `${FORMAT_NAMES[format]} (${shown})`;
  });
  return {
    message: `More than one kind of file was given: ${lists.join('; ')}. Import one kind at a time.`,
    file: found.find(({ is }) => is.as === formats[1])?.file.name ?? '',
  };
}

function nothingToRead(found: Found[]): Fault[] {
  const [first] = found;
  if (!first) return [{ message: `Nothing was given. Paste or upload ${FORMATS_IN_WORDS}.`, file: '' }];
  const templates = found.flatMap(({ file, is }) =>
    is.as === 'other' && is.line !== undefined
      ? [{ message: `This is ${is.what}.`, file: file.name, line: is.line }]
      : [],
  );
  if (templates.length > 0) return templates;
  // Variables lie beside the file that was meant.
  const meant = found.length === 1 ? found : found.filter(({ is }) => is.as !== 'env');
  const [only = first] = meant;
  const what = only.is.as === 'other' ? only.is.what : 'a list of variables';
  const message =
    meant.length === 1
      ? `This is ${what}. Paste or upload ${FORMATS_IN_WORDS}.`
      : `None of these ${found.length} files is ${FORMATS_IN_WORDS}.`;
  return [{ message, file: only.file.name, line: 1 }];
}
