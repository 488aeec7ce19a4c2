import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lines, openLines } from '../../src/db/lines.js';
import { report } from './support.js';

const server = process.env.TEST_DATABASE_URL;
if (!server) report('Skipped: the lines to Postgres need a server. Set TEST_DATABASE_URL to one.');

describe.skipIf(!server)('lines to Postgres', () => {
  const broken: Error[] = [];
  const config = { connectionString: server, application_name: `lines of ${process.pid}` };
  let lines: Lines;

  beforeAll(() => {
    lines = openLines(2, config, (error) => broken.push(error));
  });
  afterAll(() => lines.close());

  const ask = (text: string) => {
    const answer = lines.ask({ text });
    if (answer === null) throw new Error('every line is held up');
    return answer.then(({ rows }) => rows[0].it);
  };

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

  test('a slow question holds up nobody: its line is left alone, and where all are held up one is told to ask elsewhere', async () => {
    const answered: string[] = [];
    const slow = ask(`SELECT 'slow' AS it FROM pg_sleep(1)`).then((it) => answered.push(it));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (let n = 0; n < 5; n += 1) answered.push(await ask(`SELECT 'quick' AS it`));
    const second = ask(`SELECT 'slow too' AS it FROM pg_sleep(1)`).then((it) => answered.push(it));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(lines.ask({ text: 'SELECT 1' })).toBe(null);
    await Promise.all([slow, second]);
    expect(answered.slice(0, 5)).toEqual(Array(5).fill('quick'));
    expect(answered).toHaveLength(7);
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

  test('however often they break, there are as many as there should be', async () => {
    const other = new pg.Client(config.connectionString);
    await other.connect();
    const mine = `FROM pg_stat_activity WHERE application_name = '${config.application_name}'`;
    for (let round = 0; round < 8; round += 1) {
      const callers = Array.from({ length: 16 }, () =>
        ask('SELECT 1 AS it FROM pg_sleep(0.005)').catch(() => null),
      );
      // The two that are in use: one that had been lost sight of would stay.
      await other.query(
        `SELECT pg_terminate_backend(pid) FROM (SELECT pid ${mine} ORDER BY backend_start DESC LIMIT 2) AS latest`,
      );
      await Promise.all(callers);
      await expect.poll(() => ask('SELECT 4 AS it').catch(() => null)).toBe(4);
    }
    await expect
      .poll(async () => (await other.query(`SELECT count(*)::int AS n ${mine}`)).rows[0].n)
      .toBeLessThanOrEqual(2);
    await lines.close();
    await expect.poll(async () => (await other.query(`SELECT count(*)::int AS n ${mine}`)).rows[0].n).toBe(0);
    await expect(ask('SELECT 5 AS it')).rejects.toThrow('closed');
    await other.end();
  });
});
