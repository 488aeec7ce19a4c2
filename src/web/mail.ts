import type { Log } from '../log.js';
import type { Settings } from '../settings.js';

export type Letter = { subject: string; text: string };

/** How letters leave. Where mail is off, what needs it says so, and nothing is sent. */
export type Mail = { isOn: boolean; send: (to: string, letter: Letter) => Promise<void> };

/** By SMTP where a server is set. Without one, outside production, letters are printed on the log; in production mail is off. */
export function createMail({ mail, env }: Settings, log: Log): Mail {
  if (mail.smtpUrl) return { isOn: true, send: bySmtp(mail.smtpUrl, mail.from) };
  return {
    isOn: env !== 'production',
    send: async (to, letter) => log.info({ to, ...letter }, 'mail, not sent: SMTP_URL is not set'),
  };
}

function bySmtp(url: string, from: string): Mail['send'] {
  // Loaded with the first letter: most processes send none.
  let transport: Promise<import('nodemailer').Transporter> | undefined;
  return async (to, { subject, text }) => {
    transport ??= import('nodemailer').then(({ createTransport }) => createTransport(url));
    await (await transport).sendMail({ from, to, subject, text });
  };
}
