import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { codeOf } from '../support/second-factor.js';
import { hasBrowser, openPage, signInToDemo, useBrowser } from './support.js';
import { expectGoodPage } from './walk.js';

useBrowser();

describe.skipIf(!hasBrowser)('a passkey', () => {
  beforeAll(tellStory);

  test('is added, signs in without a password to the page that was wanted, and is removed', async () => {
    const page = await openPage({ reducedMotion: 'reduce' });
    await addDevice(page);
    await signInToDemo(page);
    await page.goto('/account/passkeys');
    await expectGoodPage(page);
    await page.getByLabel('Name').fill('This computer');
    await page.getByLabel('Your password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('rowheader', { name: 'This computer' }).waitFor();
    await expectGoodPage(page);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/plans?q=heroku');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL('**/plans?q=heroku');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();

    await page.goto('/account/passkeys');
    await page.getByRole('button', { name: 'Remove This computer' }).click();
    await page.getByText('You have none yet.').waitFor();
  });

  test('twice on the same device is refused in words, and so is one that nobody has', async () => {
    const page = await openPage();
    await addDevice(page);
    await signInToDemo(page);
    await page.goto('/account/passkeys');
    await page.getByLabel('Name').fill('Once');
    await page.getByLabel('Your password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('rowheader', { name: 'Once' }).waitFor();
    await page.getByLabel('Name').fill('Twice');
    await page.getByLabel('Your password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'a passkey of yours already' }).waitFor();

    await page.getByRole('button', { name: 'Remove Once' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').filter({ hasText: 'opens nothing here' }).waitFor();
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).isEnabled()).toBe(true);
    await expectGoodPage(page);
  });

  test('is not offered without JavaScript, nor where the page is open at another address', async () => {
    const bare = await openPage({ javaScriptEnabled: false });
    await bare.goto('/sign-in');
    expect(await bare.getByRole('button').allTextContents()).toEqual(['Sign in', 'Sign in with GitHub']);
    await signInToDemo(bare);
    await bare.goto('/account/passkeys');
    expect(await bare.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0);
    await bare.getByText('This needs a browser that knows passkeys').waitFor();

    const page = await openPage();
    await page.goto('/sign-in');
    await page.goto(page.url().replace('localhost', '127.0.0.1'));
    expect(await page.getByRole('button').allTextContents()).toContain('Sign in');
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).toBe(0);
  });
});

describe.skipIf(!hasBrowser)('the second factor', () => {
  beforeAll(tellStory);

  test('is set up, asked for, and turned off, on pages that are accessible', async () => {
    const page = await openPage({ reducedMotion: 'reduce' });
    await signInToDemo(page);
    await page.goto('/account/second-factor');
    await page.getByLabel('Your password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Set it up' }).click();
    await expectGoodPage(page);
    const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '') ?? '';
    await page.getByLabel('Code that the app shows').fill(codeOf(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
    await expectGoodPage(page);
    const [code = ''] = await page.locator('.codes code').allTextContents();
    await page.getByRole('link', { name: 'I have kept them' }).click();
    await expectGoodPage(page);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('/sign-in');
    await page.getByLabel('E-mail').fill(DEMO_ACCOUNT.email);
    await page.getByLabel('Password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expectGoodPage(page);
    await page.getByLabel('Code').fill('12 34');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await expectGoodPage(page);
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You have 9 recovery codes left.').waitFor();

    await page.goto('/account/second-factor');
    await page.locator('form[action$=deletion]').getByLabel('Your password').fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Turn it off' }).click();
    await page.getByText('The second factor is off.').waitFor();
    await expectGoodPage(page);
  });
});

/** A device built into the computer, which keeps passkeys and nods at once when it is asked for a finger. */
async function addDevice(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
