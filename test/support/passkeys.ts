import { type Browser, PASSWORD } from './app.js';
import { aDevice, type Device } from './authenticator.js';

/** As public/passkeys.js asks: JSON, with the page's token in a header. */
export async function askAsScript(browser: Browser, path: string, body: string | object = {}) {
  if (!browser.token()) await browser.get('/sign-in');
  const headers = { accept: 'application/json', 'x-csrf-token': browser.token() };
  return browser.agent.post(path).set(headers).type('application/json').send(body);
}

/** Asked for by somebody who has typed their password again. */
export function askToAddPasskey(browser: Browser, current = PASSWORD) {
  return askAsScript(browser, '/account/passkeys/challenge', { current });
}

export async function addPasskey(
  browser: Browser,
  device: Device = aDevice(),
  answer: Parameters<Device['create']>[1] = {},
  name = 'Phone',
) {
  const { body: options } = await askToAddPasskey(browser);
  return askAsScript(browser, '/account/passkeys', { name, credential: device.create(options, answer) });
}
