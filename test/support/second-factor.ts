import { Secret, TOTP } from 'otpauth';
import { db } from '../../src/db/client.js';
import { type Browser, PASSWORD } from './app.js';

/** The code that an app with this secret shows, `steps` times 30 seconds from now. */
export function codeOf(secret: string, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return totp.generate({ timestamp: Date.now() + steps * 30_000 });
}

/** Six digits that are none of the codes that are good around now. */
export function wrongCode(secret: string): string {
  const good = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps));
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code)) ?? ''
  );
}

/** Sets the second factor up on the page. Gives the app's secret. */
export async function beginSecondFactor(browser: Browser, password = PASSWORD): Promise<string> {
  await browser.post('/account/second-factor', { password });
  const shown = await browser.get('/account/second-factor');
  return (/<code class="secret">([A-Z2-7 ]+)</.exec(shown.text)?.[1] ?? '').replaceAll(' ', '');
}

/** Turns the second factor on, as one does on the page. Gives the app's secret and the recovery codes. */
export async function turnOnSecondFactor(
  browser: Browser,
  password = PASSWORD,
): Promise<{ secret: string; codes: string[] }> {
  const secret = await beginSecondFactor(browser, password);
  const turnedOn = await browser.postAndSee('/account/second-factor/confirmation', { code: codeOf(secret) });
  return { secret, codes: [...turnedOn.text.matchAll(/<li><code>([^<]+)</g)].map((match) => match[1] ?? '') };
}

/** As if the last code had been used long ago: tests do not wait for the next 30 seconds. */
export async function forgetLastCode(userId: number): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { totpStep: 0 } });
}
