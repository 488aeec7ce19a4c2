import type { Log } from '../log.js';
import type { Settings } from '../settings.js';

export type Letter = { subject: string; text: string };

/** How letters leave. Where mail is off, what needs it says so, and nothing is sent. `isPrinted`: they go to the log and nowhere else. */
export type Mail = {
  isOn: boolean;
  isPrinted?: boolean;
  send: (to: string, letter: Letter) => Promise<void>;
};

/** By SMTP where a server is set. Without one, outside production, letters are printed on the log; in production mail is off. */
export function createMail({ mail, env }: Settings, log: Log): Mail {
  if (mail.smtpUrl) return { isOn: true, isPrinted: false, send: bySmtp(mail.smtpUrl, mail.from) };
  // A log of production is read by many, and letters hold links that open accounts.
  if (env === 'production') return { isOn: false, isPrinted: false, send: async () => {} };
  return {
    isOn: true,
    isPrinted: true,
    send: async (to, letter) => {
      // By itself as well, to be copied: within the text the line's end sticks to it.
      const link = letter.text.match(/https?:\S+/g)?.at(-1);
      log.info({ to, ...letter, ...(link && { link }) }, 'mail, not sent: SMTP_URL is not set');
    },
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
