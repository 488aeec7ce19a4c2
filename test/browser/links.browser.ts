import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { createAccount } from '../../src/auth/sign-up.js';
import { db } from '../../src/db/client.js';
import { PASSWORD } from '../support/app.js';
import { aLink } from '../support/links.js';
import { hasBrowser, openPage, signInToDemo, useBrowser } from './support.js';
import { expectGoodPage } from './walk.js';

useBrowser();

/** Browsers say where a form comes from, and what they say depends on the page’s own headers: a link must work in one. */
describe.skipIf(!hasBrowser)('a link that came by mail', () => {
  beforeAll(tellStory);

  test('makes an account out of an invitation that an admin sees once', async () => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto('/invitations/new');
    await page.getByLabel('E-mail').fill('guest@example.com');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByText('It is shown this once').waitFor();
    await expectGoodPage(page);
    const link = new URL((await page.locator('code.whole').textContent()) ?? '');
    await page.reload();
    expect(await page.locator('code.whole').count()).toBe(0);
    await page.getByText('guest@example.com').waitFor();

    const guest = await openPage();
    await guest.goto(link.pathname + link.search);
    await expectGoodPage(guest);
    await guest.getByLabel('Name').fill('Guest');
    await guest.getByLabel('New password').fill(PASSWORD);
    await guest.getByRole('button', { name: 'Make the account' }).click();
    await guest.getByText('Welcome, Guest.').waitFor();
  });

  test('sets a new password', async () => {
    const { id, email } = await db.user.findFirstOrThrow({ where: { email: DEMO_ACCOUNT.email } });
    const token = await aLink('reset', { userId: id });
    const page = await openPage();
    await page.goto(`/password-reset?token=${token}`);
    await expectGoodPage(page);
    const password = page.getByLabel('New password');
    await password.fill(DEMO_ACCOUNT.password);
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await expectGoodPage(page);
    await page.getByRole('button', { name: 'Hide' }).click();
    expect(await password.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Save the password' }).click();
    await page.waitForURL('**/sign-in');
    await page.getByText('Your password is changed').waitFor();
    expect(email).toBe(DEMO_ACCOUNT.email);
  });

  test('confirms the address of who knows the password that was chosen', async () => {
    const cost = { memoryKib: 8_192, passes: 1 };
    const email = 'new@example.com';
    const person = await createAccount(
      { name: 'New', email, password: PASSWORD, role: 'viewer' },
      { isConfirmed: false, ip: '', cost },
    );
    const token = await aLink('confirmation', { userId: person!.id, email });
    const page = await openPage();
    await page.goto(`/confirmation?token=${token}`);
    await expectGoodPage(page);
    await page.getByLabel('Your password').fill('not the one');
    await page.getByRole('button', { name: 'Yes, it is mine' }).click();
    await page.getByText('This is not your password.').first().waitFor();
    await expectGoodPage(page);
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Yes, it is mine' }).click();
    await page.getByText('new@example.com is confirmed.').waitFor();
  });

  test('opens a locked account', async () => {
    const { id } = await db.user.findFirstOrThrow({ where: { email: DEMO_ACCOUNT.email } });
    const page = await openPage();
    await page.goto(`/unlock?token=${await aLink('unlock', { userId: id })}`);
    await page.getByRole('button', { name: 'Open it again' }).click();
    await page.getByText('Your account is open again').waitFor();
  });
});
