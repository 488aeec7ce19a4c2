import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '../src/db/client.js';
import { Prisma } from '../src/db/generated/client.js';
import { PASSWORD, signedIn, useApp } from './support/app.js';
import { aDevice } from './support/authenticator.js';
import { filled, refusalIn, send } from './support/forms.js';
import { MARK, UNTOUCHED } from './support/hostile.js';
import { askAsScript } from './support/passkeys.js';
import { formPaths, type Ids, openForm, records } from './support/scenes.js';

useApp({
  APP_URL: 'http://localhost:3000',
  SIGN_UP: 'open',
  GITHUB_CLIENT_ID: 'moving-parts',
  GITHUB_CLIENT_SECRET: 'x',
});

let admin: Awaited<ReturnType<typeof signedIn>>;
let kept: Ids;
let gone: Ids;

beforeAll(async () => {
  admin = await signedIn('admin');
  [kept, gone] = [await records(admin.person, MARK), await records(admin.person, MARK)];
});

describe('nobody sets what a form does not have', () => {
  const columns = Object.entries(Prisma)
    .filter(([name]) => name.endsWith('ScalarFieldEnum'))
    .flatMap(([, names]) => Object.keys(names));
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const NUMBER = '1471147';
  const DAY = '2001-02-03';
  const planted = (name: string) => (name === 'role' ? 'admin' : /[aA]t$/.test(name) ? DAY : NUMBER);
  const fields = [...new Set(columns.flatMap((name) => [name, snake(name)]))].map(
    (name): [string, string] => [name, planted(name)],
  );

  async function expectNothingPlanted(path: string): Promise<void> {
    const tables = await db.$queryRaw<{ name: string }[]>`
      SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const rows = await db.$queryRawUnsafe(
        `SELECT * FROM "${name}" AS r WHERE r::text ~ '${NUMBER}|${DAY}'`,
      );
      expect({ path, name, rows }).toEqual({ path, name, rows: [] });
    }
    const admins = await db.user.findMany({ where: { role: 'admin' }, select: { id: true } });
    expect({ path, admins }).toEqual({ path, admins: [{ id: admin.person.id }] });
  }

  test('by a field of any table beside those of the form, which does what it does without', async () => {
    for (const path of formPaths()) {
      const { address, controls, sender, known = {} } = await openForm(path, { admin, kept, gone });
      const beside = fields.filter(([name]) => !controls.some((control) => control.name === name));
      const answer = await send(sender, address, filled(controls, known, { ...UNTOUCHED, beside }));
      expect({ path, refused: refusalIn(answer) }).toEqual({ path, refused: null });
      await expectNothingPlanted(path);
    }
  }, 600_000);

  test('nor beside what a script says of a passkey', async () => {
    const browser = await signedIn('editor');
    const device = aDevice();
    await browser.get('/account/passkeys');
    const beside = (own: object) => ({ ...Object.fromEntries(fields), ...own });
    const said = async (path: string, own: object) => {
      const answer = await askAsScript(browser, path, beside(own));
      expect([path, answer.status]).toEqual([path, 200]);
      await expectNothingPlanted(path);
      return answer.body;
    };
    const toMake = await said('/account/passkeys/challenge', { current: PASSWORD });
    await said('/account/passkeys', { name: 'phone', credential: device.create(toMake) });
    const toEnter = await said('/sign-in/passkey/challenge', {});
    await said('/sign-in/passkey', { credential: device.get(toEnter) });
  });
});
