import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createApp } from '../src/app.js';
import { lettersLeave } from '../src/auth/post.js';
import { db } from '../src/db/client.js';
import { createLog, type Log } from '../src/log.js';
import { readSettings } from '../src/settings.js';
import { createMail } from '../src/web/mail.js';
import { PASSWORD, signedIn, useApp } from './support/app.js';
import { visitorAt } from './support/visitor-at.js';

useApp();

const silent = createLog('silent');
const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://x@localhost/x',
  SESSION_SECRET: 'x'.repeat(32),
};
const NEW = 'another correct horse';

/** The app as it runs in production, with its own mail, on this file's database; its log, and browsers at it. */
async function inProduction(more: Record<string, string>) {
  const settings = readSettings({ ...PRODUCTION, APP_URL: 'https://parts.example.com', ...more });
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const mail = createMail(settings, log);
  const server = createApp({ settings, log, mail }).listen(0, '127.0.0.1');
  started.push(server);
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const visitor = async () => {
    // supertest's browser would keep the secure cookies to itself: behind the proxy the app is spoken to by http.
    const somebody = visitorAt(origin, { 'x-forwarded-proto': 'https' });
    await somebody.get('/sign-in');
    return somebody;
  };
  /** Somebody who has sent the form of the door, and what their account's page shows them. */
  const signIn = async (email: string, password = PASSWORD) => {
    const somebody = await visitor();
    await somebody.post('/sign-in', { email, password });
    return { ...somebody, account: (await somebody.get('/account')).text };
  };
  return { visitor, signIn, mail, log: () => lines.join(''), stop: () => stop(server) };
}

const started: Server[] = [];
afterEach(() => Promise.all(started.splice(0).map(stop)));

/** As a process ends: nothing more is answered, and the letters that are on their way leave. */
async function stop(server: Server) {
  server.closeAllConnections();
  if (server.listening) await new Promise((resolve) => server.close(resolve));
  await lettersLeave();
}

/** The link in a page or a letter, and the secret that it holds. */
function linkIn(text: string): { path: string; token: string } {
  const [, path = '', token = ''] =
    /https:\/\/parts\.example\.com(\/[\w-]+\?token=([\w-]+))/.exec(text) ?? [];
  return { path, token };
}

describe('letters by SMTP', () => {
  const received: { from: string; to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      stream.on('end', () => {
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
        received.push({ from, to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  let url: string;

  beforeAll(async () => {
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    url = `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  /** The text that somebody reads whose mail program has fetched a letter, as soon as the server has one for them. */
  async function letterTo(email: string): Promise<string> {
    const isThere = () => expect(received.map(({ to }) => to)).toContainEqual([email]);
    await vi.waitFor(isThere, { timeout: 30_000 });
    return decoded(received.find(({ to }) => to.includes(email))?.text ?? '');
  }

  test('arrive at a real server, from whom and to whom they should', async () => {
    const mail = createMail(readSettings({ SMTP_URL: url, MAIL_FROM: 'parts@example.com' }), silent);
    await mail.send('ada@example.com', {
      subject: 'Größe',
      text: 'Hello Ada,\n\nhttps://parts.example.com/x?token=abc\n',
    });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ from: 'parts@example.com', to: ['ada@example.com'] });
    expect(received[0]?.text).toContain('https://parts.example.com/x?token=abc');
  });

  test('take no header and no further recipient from what people type', async () => {
    received.splice(0);
    const mail = createMail(readSettings({ SMTP_URL: url }), silent);
    const typed = 'Ada\r\nBcc: evil@example.com\r\n\r\nBuy this';
    await mail.send('ada@example.com', { subject: `Hello ${typed}`, text: 'x' });
    expect(received[0]?.to).toEqual(['ada@example.com']);
    expect(received[0]?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
  });

  test('bring a new password: asked for on the page, chosen by the link in them, and good to sign in with', async () => {
    const { person } = await signedIn('viewer');
    await db.user.update({ where: { id: person.id }, data: { name: 'Zoë' } });
    const { visitor, signIn } = await inProduction({ SMTP_URL: url });
    const zoe = await visitor();
    const asked = await zoe.post('/password-reset/new', { email: person.email });
    expect(asked.text).toContain('a letter is on its way there');
    const letter = await letterTo(person.email);
    expect(letter).toContain('Hello Zoë,');
    const { path, token } = linkIn(letter);
    expect((await zoe.get(path)).text).toContain(`For <strong>${person.email}</strong>`);
    const chosen = await zoe.post('/password-reset', { token, password: NEW });
    expect(chosen.headers.get('location')).toBe('/sign-in');
    expect((await signIn(person.email, NEW)).account).toContain(person.email);
    expect((await signIn(person.email)).account).not.toContain(person.email);
  });

  test('let somebody in who signed up, and not before the link in them is opened', async () => {
    await signedIn('admin');
    const { visitor, signIn } = await inProduction({ SMTP_URL: url, SIGN_UP: 'open' });
    const [zoe, email] = [await visitor(), 'zoe@example.com'];
    const made = await zoe.post('/sign-up', { name: 'Zoë', email, password: NEW });
    expect(made.text).toContain(`We have written to ${email}.`);
    const { path, token } = linkIn(await letterTo(email));
    expect((await signIn(email, NEW)).account).not.toContain(email);
    expect((await zoe.get(path)).text).toContain(`Is <strong>${email}</strong> your address, Zoë?`);
    const confirmed = await zoe.post('/confirmation', { token, password: NEW });
    expect(confirmed.headers.get('location')).toBe('/sign-in');
    expect((await signIn(email, NEW)).account).toContain(email);
  });

  test('are on no log in production: without a server there is none, and nothing leaves', async () => {
    const lines: unknown[] = [];
    const log = { info: (...given: unknown[]) => lines.push(given) } as unknown as Log;
    const letter = { subject: 'A link', text: 'https://parts.example.com/x?token=abc' };
    const inEarnest = createMail(readSettings(PRODUCTION), log);
    await inEarnest.send('ada@example.com', letter);
    expect([inEarnest.isOn, lines]).toEqual([false, []]);
    const tryingOut = createMail(readSettings({}), log);
    await tryingOut.send('ada@example.com', letter);
    expect([tryingOut.isOn, tryingOut.isPrinted, JSON.stringify(lines)]).toEqual([
      true,
      true,
      expect.stringContaining('token=abc'),
    ]);
  });

  test('say so when the server is not there', async () => {
    const mail = createMail(readSettings({ SMTP_URL: 'smtp://127.0.0.1:1' }), silent);
    await expect(mail.send('ada@example.com', { subject: 'x', text: 'x' })).rejects.toThrow(/ECONNREFUSED/);
  });
});

test('a letter that does not leave is logged without what it holds', async () => {
  const { person } = await signedIn('viewer');
  const { visitor, log, stop } = await inProduction({ SMTP_URL: 'smtp://127.0.0.1:1' });
  const somebody = await visitor();
  await somebody.post('/password-reset/new', { email: person.email });
  await stop();
  const { id } = await db.mailedLink.findFirstOrThrow({ where: { userId: person.id } });
  expect(log()).toContain('a mail could not be sent');
  expect(log()).not.toMatch(new RegExp(`token=|${id}|Hello`));
});

describe('without a mail server', () => {
  test('letters are printed on the log in development, and it says that they were not sent', async () => {
    const lines: unknown[][] = [];
    const log = { info: (...line: unknown[]) => lines.push(line) } as unknown as Log;
    const mail = createMail(readSettings({}), log);
    await mail.send('ada@example.com', {
      subject: 'Hello',
      text: 'Hello https://x.example,\n\nthe link:\n\nhttps://parts.example/reset?token=a_b\n\nIt is good once.\n',
    });
    expect(mail.isOn).toBe(true);
    expect(JSON.stringify(lines)).toMatch(
      /ada@example\.com.*the link.*"link":"https:\/\/parts\.example\/reset\?token=a_b".*not sent/,
    );
  });

  test('mail is off in production', () => {
    expect(createMail(readSettings(PRODUCTION), silent).isOn).toBe(false);
  });

  test('links in mails need the app’s own address: with a mail server it must be set', () => {
    expect(() => readSettings({ ...PRODUCTION, SMTP_URL: 'smtp://mail.example.com' })).toThrow(/APP_URL/);
  });
});

describe('in production without a mail server', () => {
  test('what needs a letter says that mail is off, and nothing is stored or sent', async () => {
    const { person } = await signedIn('editor');
    const { visitor, signIn, mail, stop } = await inProduction({ SIGN_UP: 'open' });
    const send = vi.spyOn(mail, 'send');
    const [somebody, editor] = [await visitor(), await signIn(person.email)];
    const stored = async () => [
      await db.user.findMany({ orderBy: { id: 'asc' } }),
      await db.mailedLink.count(),
      await db.change.count(),
    ];
    const before = await stored();
    const needing = [
      { path: '/password-reset/new', browser: somebody, email: person.email },
      { path: '/sign-up', browser: somebody, email: 'new@example.com' },
      { path: '/account/address', browser: editor, email: 'new@example.com' },
    ];
    for (const { path, browser, email } of needing) {
      const page = await browser.get(path);
      expect(page.text).toMatch(/mail is off here/i);
      expect(page.text).not.toContain(`action="${path}"`);
      const refused = await browser.post(path, { name: 'Ada', email, password: PASSWORD });
      const told = expect.stringMatching(/mail is off here/i);
      expect([path, refused.status, refused.text]).toEqual([path, 403, told]);
    }
    for (const path of ['/', '/sign-in']) expect((await somebody.get(path)).text).not.toContain('/sign-up');
    await stop();
    expect(await stored()).toEqual(before);
    expect(send).not.toHaveBeenCalled();
  });

  test('an admin hands out the link for a new password, and whoever is handed it comes in by it', async () => {
    const [boss, { person }] = [await signedIn('admin'), await signedIn('editor')];
    const { visitor, signIn, log } = await inProduction({});
    const [admin, guest] = [await signIn(boss.person.email), await visitor()];
    await db.user.update({ where: { id: person.id }, data: { confirmedAt: null } });
    const refused = await guest.post('/sign-in', { email: person.email, password: PASSWORD });
    expect(refused.text).toContain('Mail is off here: ask an admin for a link to a new password');
    const made = await admin.post(`/people/${person.id}/password-reset`, {});
    const { text } = await admin.get(made.headers.get('location') ?? '');
    expect(text).toContain('Hand this link out.');
    const { path, token } = linkIn(text);
    expect((await guest.get(path)).text).toContain(`For <strong>${person.email}</strong>`);
    expect((await guest.post('/password-reset', { token, password: NEW })).status).toBe(303);
    expect((await signIn(person.email, NEW)).account).toContain(person.email);
    expect(log()).toContain('/password-reset');
    expect(log()).not.toContain(token);
  });

  test('an admin hands out an invitation as well, and whoever is handed it comes in by it', async () => {
    const boss = await signedIn('admin');
    const { visitor, signIn, log } = await inProduction({});
    const [admin, guest, email] = [await signIn(boss.person.email), await visitor(), 'guest@example.com'];
    expect((await admin.get('/invitations/new')).text).toContain('you get a link to hand out');
    const made = await admin.post('/invitations', { email, role: 'viewer' });
    const { text } = await admin.get(made.headers.get('location') ?? '');
    expect(text).toContain('hand the link out yourself');
    const { path, token } = linkIn(text);
    expect((await guest.get(path)).text).toContain(`with the address <strong>${email}</strong>`);
    expect((await guest.post('/invitation', { token, name: 'Guest', password: NEW })).status).toBe(303);
    expect(guest.cookie()).toContain('__Host-session=');
    expect((await guest.get('/account')).text).toContain(email);
    expect((await signIn(email, NEW)).account).toContain(email);
    expect(log()).toContain('/invitation');
    expect(log()).not.toContain(token);
  });
});

/** The text of a letter, as a mail program shows it. */
function decoded(letter: string): string {
  const [, head = '', body = ''] = /^(.*?)\r\n\r\n(.*)$/s.exec(letter) ?? [];
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1];
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([\dA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
