import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReadLine, type ReadLine } from '../../src/db/read-line.js';
import { report } from './support.js';

const server = process.env.TEST_DATABASE_URL;
if (!server) report('Skipped: the line to Postgres needs a server. Set TEST_DATABASE_URL to one.');

describe.skipIf(!server)('the line for reads', () => {
  const broken: Error[] = [];
  const config = { connectionString: server, application_name: `line of ${process.pid}` };
  let line: ReadLine;

  beforeAll(() => {
    line = openReadLine(config, (error) => broken.push(error));
  });
  afterAll(() => line.close());

  const ask = async (text: string) => {
    const answer = line.ask({ text });
    if (answer === null) throw new Error('the line is held up');
    return (await answer).rows[0].it;
  };

  test('is there soon after the first question, which is to be asked elsewhere', async () => {
    expect(line.ask({ text: 'SELECT 1' })).toBe(null);
    await expect.poll(() => line.ask({ text: 'SELECT 1' })).not.toBe(null);
  });

  test('that cannot connect holds up nobody, however often one asks', async () => {
    const gone = openReadLine({ host: '127.0.0.1', port: 1 }, () => {});
    for (let n = 0; n < 20; n += 1) {
      expect(gone.ask({ text: 'SELECT 1' })).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await gone.close();
  });

  test('each question gets its own answer or error, whatever is asked beside it', async () => {
    const asked = Array.from({ length: 50 }, (_, n) =>
      ask(n % 10 === 7 ? 'SELECT nothing' : `SELECT ${n} AS it`),
    );
    const answers = await Promise.allSettled(asked);
    for (const [n, answer] of answers.entries()) {
      if (n % 10 === 7)
        expect(answer).toMatchObject({ reason: { message: 'column "nothing" does not exist' } });
      else expect(answer).toEqual({ status: 'fulfilled', value: n });
    }
  });

  test('a slow question holds up nobody: while it is asked one is told to ask elsewhere', async () => {
    const slow = ask(`SELECT 'slow' AS it FROM pg_sleep(0.5)`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(line.ask({ text: 'SELECT 1' })).toBe(null);
    expect(await slow).toBe('slow');
    expect(await ask(`SELECT 'quick' AS it`)).toBe('quick');
  });

  test('a line that Postgres ends fails what was asked on it, says so, and is opened anew', async () => {
    const lost = ask(`SELECT 1 AS it FROM pg_sleep(10)`);
    const outcome = lost.then(
      () => 'answered',
      (error: Error) => error.message,
    );
    const other = new pg.Client(config.connectionString);
    await other.connect();
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${config.application_name}'`;
    await other.query(end);
    expect(await outcome).toMatch(/terminat/);
    await expect.poll(() => ask('SELECT 2 AS it').catch(() => null)).toBe(2);
    // And while nothing is asked.
    const before = broken.length;
    await other.query(end).finally(() => other.end());
    await expect.poll(() => broken.length).toBeGreaterThan(before);
    await expect.poll(() => ask('SELECT 3 AS it').catch(() => null)).toBe(3);
  });

  test('however often it breaks, there is one', async () => {
    const other = new pg.Client(config.connectionString);
    await other.connect();
    const mine = `FROM pg_stat_activity WHERE application_name = '${config.application_name}'`;
    for (let round = 0; round < 8; round += 1) {
      const callers = Array.from({ length: 16 }, () =>
        ask('SELECT 1 AS it FROM pg_sleep(0.005)').catch(() => null),
      );
      // The one that is in use: another that had been lost sight of would stay.
      await other.query(
        `SELECT pg_terminate_backend(pid) FROM (SELECT pid ${mine} ORDER BY backend_start DESC LIMIT 1) AS latest`,
      );
      await Promise.all(callers);
      await expect.poll(() => ask('SELECT 4 AS it').catch(() => null)).toBe(4);
    }
    await expect
      .poll(async () => (await other.query(`SELECT count(*)::int AS n ${mine}`)).rows[0].n)
      .toBeLessThanOrEqual(1);
    await line.close();
    await expect.poll(async () => (await other.query(`SELECT count(*)::int AS n ${mine}`)).rows[0].n).toBe(0);
    await expect(ask('SELECT 5 AS it')).rejects.toThrow('closed');
    await other.end();
  });
});
