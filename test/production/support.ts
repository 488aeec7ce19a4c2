import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder of its own under the temporary one. */
export function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'moving-parts-'));
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

/** The last commit in a folder of its own, as a clone or a push has it. */
export async function freshCopy(): Promise<string> {
  const folder = await emptyFolder();
  await run(`set -o pipefail; git -c safe.directory='*' archive HEAD | tar -x -C '${folder}'`, process.cwd());
  return folder;
}

/** What a command needs of this machine, and none of what the test runner adds. */
export const MACHINE = Object.fromEntries(
  ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

export type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs a shell line to its end. Throws with what it said when it fails, unless `mayFail`. */
export async function run(
  line: string,
  folder: string,
  environment: Record<string, string> = MACHINE,
  { mayFail = false } = {},
): Promise<Ended> {
  const ended = await start(line, folder, environment).ended;
  if (ended.code !== 0 && !mayFail) {
    throw new Error(`${line} ended with ${ended.code}:\n${ended.stdout}\n${ended.stderr}`);
  }
  return ended;
}

export type Running = { ended: Promise<Ended>; said(): string; signal(name: NodeJS.Signals): void };

/** Starts a shell line. A signal goes to every process of it, as from a terminal or a platform. */
export function start(line: string, folder: string, environment: Record<string, string>): Running {
  const child: ChildProcess = spawn('bash', ['-c', line], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
    said: () => stdout,
    signal: (name) => {
      if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, name);
    },
  };
}

/** Waits until `check` holds. Throws with what the process said when it ends before that. */
export async function waitFor(running: Running, check: () => Promise<boolean> | boolean): Promise<void> {
  let ended: Ended | null = null;
  void running.ended.then((result) => {
    ended = result;
  });
  while (!(await check())) {
    if (ended !== null) throw new Error(`It ended too early: ${JSON.stringify(ended, null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function answersOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Every file below the folder with its size and the time of its last change. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return `${file} ${size} ${mtimeMs}`;
    }),
  );
}

/** Measured, never demanded: machines differ. */
export function report(sentence: string): void {
  process.stdout.write(`  ${sentence}\n`);
}
