import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog, type Log } from '../src/log.js';
import { readSettings } from '../src/settings.js';
import { createMail } from '../src/web/mail.js';

const silent = createLog('silent');

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

  test('are on no log in production: without a server there is none, and nothing leaves', async () => {
    const lines: unknown[] = [];
    const log = { info: (...given: unknown[]) => lines.push(given) } as unknown as Log;
    const needed = { DATABASE_URL: 'postgres://localhost/x', SESSION_SECRET: 'x'.repeat(32) };
    const letter = { subject: 'A link', text: 'https://parts.example.com/x?token=abc' };
    const inEarnest = createMail(readSettings({ NODE_ENV: 'production', ...needed }), log);
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

describe('without a mail server', () => {
  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://x@localhost/x',
    SESSION_SECRET: 'x'.repeat(32),
  };

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
    expect(createMail(readSettings(production), silent).isOn).toBe(false);
  });

  test('links in mails need the app’s own address: with a mail server it must be set', () => {
    expect(() => readSettings({ ...production, SMTP_URL: 'smtp://mail.example.com' })).toThrow(/APP_URL/);
  });
});
