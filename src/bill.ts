import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { billOf } from './domain/bill.js';
import { billToJson } from './domain/bill-json.js';
import { billToText } from './domain/bill-text.js';
import { type MachineType, type Plan, RESERVE_RULES, type ReserveRule } from './domain/model.js';
import { importFiles } from './imports/import.js';
import type { ClusterAnswer, Fault, ImportOptions, Note, SourceFile } from './imports/model.js';
import { planToJson } from './imports/plan-json/plan-json.js';
import { pricedMachine, pricedMachineIds, readMachineType } from './imports/plan-json/plan-machine.js';

const HELP = `Counts what the files of a system make one run: parts, containers, machines, connections, downtime, cost.

  npm run --silent bill -- [options] FILE_OR_FOLDER...

Reads Compose files, Kubernetes manifests, a Procfile with app.json, or a plan as JSON. Folders are read with all
they hold, a Compose file with the .env beside it; - is the standard input. Several files are one system. Prints a
table; the report's warnings go to stderr.

  --json               the bill as JSON (unknown figures are null)
  --plan               the plan that was read, as JSON
  --verbose            the whole report on stderr: what was read, guessed, assumed, added, skipped
  --cluster WHO        who runs the cluster of Kubernetes manifests: self, managed or none (default)
  --assume SHARE       availability of each replica that states none: 0.9995 or 99.95%
  --machine FILE_OR_ID what to pack onto: a machine type as JSON, or an id of the price book (aws-m6i-large)
  --reserve RULE       what a machine keeps for itself: ${RESERVE_RULES.join(', ')}
  --help               this text
`;

const CLUSTER_ANSWERS: readonly ClusterAnswer[] = ['self', 'managed', 'none'];
const SKIPPED_FOLDERS = new Set(['node_modules', '.git']);
const MAX_BYTES = 2 * 2 ** 20;
const MAX_FILES = 5_000;
const STDIN = 0;

/** What ends the run with exit code 1: one line for each fault, and nothing on stdout. */
class Refused extends Error {
  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
  }
}

// A reader such as `head` may close the pipe before everything is written: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  const lines = error instanceof Refused ? error.lines : unreadable(error);
  if (!lines) throw error;
  for (const line of lines) warn(line);
  process.exitCode = 1;
}

function run(args: string[]): string {
  const { values, positionals } = parsed(args);
  if (values.help) return HELP;
  if (positionals.length === 0) throw new Refused(['which file or folder? See --help']);

  const options: ImportOptions = {
    cluster: oneOf('--cluster', values.cluster, CLUSTER_ANSWERS),
    assumedAvailability: values.assume === undefined ? undefined : shareOf(values.assume),
  };
  const machineType = values.machine === undefined ? null : machineTypeOf(values.machine);
  const reserve = oneOf('--reserve', values.reserve, RESERVE_RULES);

  const files = withVariables(positionals.flatMap(filesAt));
  if (files.length === 0) throw new Refused([`${positionals.join(', ')}: there is no file to read`]);
  const result = importFiles(files, options);
  tell(result.report, values.verbose);
  if (!result.ok) throw new Refused(result.faults.map(faultLine));

  const plan = onMachines(result.plan, machineType, reserve);
  if (values.plan) return json(planToJson(plan));
  const bill = billOf(plan);
  for (const sentence of bill.ignored) warn(sentence);
  return values.json ? json(billToJson(bill)) : billToText(bill);
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        plan: { type: 'boolean' },
        verbose: { type: 'boolean', short: 'v' },
        cluster: { type: 'string' },
        assume: { type: 'string' },
        machine: { type: 'string' },
        reserve: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Refused([`${reasonOf(error).split('. ')[0]}; see --help`]);
  }
}

function oneOf<Word extends string>(
  option: string,
  value: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const word = words.find((each) => each === value?.toLowerCase());
  if (value !== undefined && word === undefined) {
    throw new Refused([`${option} must be ${words.join(', ')}, is "${value}"`]);
  }
  return word;
}

/** "0.9995" and "99.95%" are the same; a bare 99.95 could be a slip and is refused. */
function shareOf(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?) ?(%?)$/.exec(text.trim()) ?? [];
  const share = percent ? Number((Number(digits) / 100).toPrecision(15)) : Number(digits);
  if (!(share >= 0 && share <= 1)) {
    throw new Refused([`--assume must be a share such as 0.9995 or 99.95%, is "${text}"`]);
  }
  return share;
}

function machineTypeOf(fileOrId: string): MachineType {
  const priced = pricedMachine(fileOrId);
  if (priced) return priced;
  if (!statSync(fileOrId, { throwIfNoEntry: false })?.isFile()) {
    const message = `--machine must be a file or one of ${pricedMachineIds.join(', ')}, is "${fileOrId}"`;
    throw new Refused([message]);
  }
  const read = readMachineType(fileAt(fileOrId));
  if (Array.isArray(read)) throw new Refused(read.map(faultLine));
  return read;
}

function onMachines(plan: Plan, machineType: MachineType | null, reserve: ReserveRule | undefined): Plan {
  const chosen = machineType ?? plan.machineType;
  if (reserve && !chosen) throw new Refused(['--reserve needs a machine type: give one with --machine']);
  return { ...plan, machineType: chosen && { ...chosen, reserve: reserve ?? chosen.reserve } };
}

/** The file, or all files of the folder in the order of their names. */
function filesAt(path: string): SourceFile[] {
  if (path === '-') return [{ name: '', text: readFileSync(STDIN, 'utf8') }];
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Refused([`${path}: there is no such file or folder`]);
  if (!found.isDirectory()) return [{ ...fileAt(path), isNamed: true }];
  const paths = filesIn(path);
  if (paths.length > MAX_FILES)
    throw new Refused([`${path}: more than ${MAX_FILES} files; give a smaller folder`]);
  return paths.flatMap((each) => {
    if (statSync(each).size <= MAX_BYTES) return [fileAt(each)];
    warn(`${each}: larger than 2 MB, left out`);
    return [];
  });
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : filesIn(path);
    const isFile =
      entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile());
    return isFile ? [path] : [];
  });
}

/** A Compose file is read with the `.env` beside it, as docker compose reads it. */
function withVariables(files: SourceFile[]): SourceFile[] {
  const [first] = files;
  if (!first?.isNamed || !/compose[^/]*\.ya?ml$/i.test(first.name)) return files;
  const path = join(dirname(first.name), '.env');
  const isThere = files.some(({ name }) => name === path.replaceAll('\\', '/'));
  return isThere || !statSync(path, { throwIfNoEntry: false })?.isFile() ? files : [...files, fileAt(path)];
}

function fileAt(path: string): SourceFile {
  return { name: join(path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') };
}

function tell(report: Note[], isVerbose = false): void {
  for (const note of report) {
    if (note.kind !== 'warning' && !isVerbose) continue;
    const subject = note.part && !note.message.includes(note.part) ? `${note.part}: ` : '';
    warn(`${placeOf(note)}${note.kind}: ${subject}${note.message}`);
  }
}

function faultLine(fault: Fault): string {
  return `${placeOf({ ...fault, file: fault.file || 'standard input' })}${fault.message}`;
}

/** `compose.yml:12:3: `, as compilers write it, so that editors can jump there. */
function placeOf({ file, line, column }: { file?: string; line?: number; column?: number }): string {
  const place = [file, line, line && column].filter(Boolean).join(':');
  return place && `${place}: `;
}

/** One line, whatever the files put into it. */
function warn(line: string): void {
  process.stderr.write(`${line.replace(/\p{Cc}+/gu, ' ')}\n`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A file or folder that the system refuses to open. */
function unreadable(error: unknown): string[] | null {
  return error instanceof Error && 'syscall' in error && 'path' in error
    ? [`${error.path}: ${error.message}`]
    : null;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
