import { open, readFile, rm } from 'node:fs/promises';
import { CannotStart } from '../settings.js';

/**
 * Holds the embedded database's folder for this process (two would destroy it), by a file with its process id beside the folder.
 * Gives back what releases it. A lock whose process is gone is taken over. Throws CannotStart.
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  const path = `${folder}.lock`;
  if (!(await create(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(holder)) {
      throw new CannotStart(
        `The database in ${folder} is in use by process ${holder}. Stop that one first, or set DATA_FOLDER to another folder.`,
      );
    }
    await rm(path, { force: true });
    await create(path);
  }
  return () => rm(path, { force: true });
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.write(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
