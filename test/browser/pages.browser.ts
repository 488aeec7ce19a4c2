import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '../../src/db/client.js';
import { hasBrowser, openPage, signInToDemo, useBrowser } from './support.js';
import { addressWith, expectGoodPage, idsOfTheStory, PATTERNS } from './walk.js';

const FOR_VISITORS = ['/sign-in', '/sign-up'];

useBrowser();

describe.skipIf(!hasBrowser)('before anybody has an account', () => {
  test.each(['/', ...FOR_VISITORS])('%s', async (address) => {
    const page = await openPage();
    await page.goto(address);
    await expectGoodPage(page);
  });
});

describe.skipIf(!hasBrowser)('with the story', () => {
  let page: Page;
  let ids: Record<string, number | string>;

  beforeAll(async () => {
    ids = await idsOfTheStory();
    page = await openPage({ reducedMotion: 'reduce' });
    await signInToDemo(page);
  });

  test.each(PATTERNS.filter((pattern) => !FOR_VISITORS.includes(pattern)))('%s', async (pattern) => {
    const address = addressWith(pattern, ids);
    const answer = await page.request.get(address);
    expect(answer.status()).toBe(200);
    if (!answer.headers()['content-type']?.startsWith('text/html')) return;
    await page.goto(address);
    await expectGoodPage(page);
  });

  test.each([
    '/comparison?plans=:planId,:otherPlanId,:longPlanId,:emptyPlanId',
    '/plans/:planId?down=etcd',
    '/plans/:otherPlanId',
    '/plans/:longPlanId',
    '/plans/:emptyPlanId',
    '/systems/:longSystemId',
    '/imports/new?plan=:planId',
    '/imports/:importId?plan=:otherPlanId&assume=no',
    '/plans?q=nothing+is+called+that',
    '/nowhere',
  ])('%s', async (pattern) => {
    await page.goto(addressWith(pattern, ids));
    await expectGoodPage(page);
  });

  test.each(['/comparison', '/plans/:planId'])(
    '%s in print: no table and no picture is cut off',
    async (pattern) => {
      await page.goto(addressWith(pattern, ids));
      // A4 upright less its margins, at 96 dots an inch.
      await page.setViewportSize({ width: 718, height: 1046 });
      await page.emulateMedia({ media: 'print', colorScheme: 'light' });
      const cut = await page.evaluate(CUT_OFF);
      await page.emulateMedia({ media: 'screen' });
      expect(cut).toEqual([]);
    },
  );

  test('a plan in print breaks no name of usual length among the calls', async () => {
    await page.goto(addressWith('/plans/:planId', ids));
    // Narrower than A4 less its margins: Letter, or a printer with margins of its own.
    await page.setViewportSize({ width: 680, height: 1008 });
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    const broken = await page.evaluate(BROKEN);
    await page.emulateMedia({ media: 'screen' });
    expect(broken).toEqual([]);
  });

  test('and with nothing in it yet', async () => {
    await db.system.updateMany({ data: { deletedAt: new Date(0) } });
    for (const address of ['/', '/systems', '/plans']) {
      await page.goto(address);
      await expectGoodPage(page);
    }
  });
});

const CUT_OFF = `[...document.querySelectorAll('table, svg')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0) return false;
    const frame = element.closest('.scroll, .picture-box');
    return left < 0 || right > document.documentElement.clientWidth + 1 || (frame && frame.scrollWidth > frame.clientWidth + 1);
  })
  .map((element) => element.outerHTML.slice(0, 120))`;

const BROKEN = `[...document.querySelectorAll('.calls span')]
  .filter((name) => /^\\w{1,13}$/.test(name.textContent) && name.getClientRects().length > 1)
  .map((name) => name.textContent)`;
