import express from 'express';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { db } from '../../src/db/client.js';
import { drawRoutes } from '../../src/routes.js';
import { aPlan } from '../support/factories.js';
import { routesOf } from '../support/routes.js';
import { axeFindings, hasBrowser, openPage, sidewaysScroll, signInToDemo, useBrowser } from './support.js';

const drawn = express();
drawRoutes(drawn);
/** Every address that a GET answers, ids left open. */
const PATTERNS = routesOf(drawn).flatMap(({ method, path }) => (method === 'get' ? [path] : []));
const FOR_VISITORS = ['/sign-in', '/sign-up'];

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

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
  let ids: Record<string, number>;

  beforeAll(async () => {
    await tellStory();
    ids = await idsOfTheStory();
    page = await openPage({ reducedMotion: 'reduce' });
    await signInToDemo(page);
  });

  test.each(PATTERNS.filter((pattern) => !FOR_VISITORS.includes(pattern)))('%s', async (pattern) => {
    const address = addressWith(pattern);
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
    await page.goto(addressWith(pattern));
    await expectGoodPage(page);
  });

  test.each(PATTERNS.filter((pattern) => /\/(new|edit)$/.test(pattern)))(
    '%s, sent empty',
    async (pattern) => {
      await page.goto(addressWith(pattern));
      const form = page.locator('main form[method=post]').first();
      await page.evaluate(EMPTY_THE_FORM);
      await form.locator('button').first().click();
      await page.getByRole('alert').waitFor();
      await expectGoodPage(page);
    },
  );

  test.each([['/comparison'], ['/plans/:planId']])(
    '%s in print: no table and no picture is cut off',
    async (pattern) => {
      await page.goto(addressWith(pattern));
      // A4 upright less its margins, at 96 dots an inch.
      await page.setViewportSize({ width: 718, height: 1046 });
      await page.emulateMedia({ media: 'print', colorScheme: 'light' });
      const cut = await page.evaluate(CUT_OFF);
      await page.emulateMedia({ media: 'screen' });
      expect(cut).toEqual([]);
    },
  );

  test('and with nothing in it yet', async () => {
    await db.system.updateMany({ data: { deletedAt: new Date(0) } });
    for (const address of ['/', '/systems', '/plans']) {
      await page.goto(address);
      await expectGoodPage(page);
    }
  });

  function addressWith(pattern: string): string {
    if (pattern === '/comparison') return `/comparison?plans=${ids.planId},${ids.otherPlanId}`;
    return pattern.replace(/:(\w+)/g, (_all, name: string) => {
      if (ids[name] === undefined)
        throw new Error(`This walk knows no ${name}: give it one in idsOfTheStory.`);
      return String(ids[name]);
    });
  }
});

/** No findings of axe wide and narrow, light and dark, and nothing to scroll sideways on a small phone. */
async function expectGoodPage(page: Page): Promise<void> {
  const found: string[] = [];
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [360, 'dark'],
    [360, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const findings = [...(await axeFindings(page)), ...(width === 360 ? await sidewaysScroll(page) : [])];
    found.push(...findings.map((finding) => `${width} px, ${colorScheme}: ${finding}`));
  }
  expect(found).toEqual([]);
}

const EMPTY_THE_FORM = `{
  const form = document.querySelector('main form[method=post]');
  form.noValidate = true;
  for (const field of form.elements) {
    if (field.type === 'select-one') field.selectedIndex = -1;
    else if (field.type === 'checkbox') field.checked = false;
    else if (field.type !== 'hidden') field.value = '';
  }
}`;

const CUT_OFF = `[...document.querySelectorAll('table, svg')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    if (width === 0) return false;
    const frame = element.closest('.scroll');
    return left < 0 || right > document.documentElement.clientWidth + 1 || (frame && frame.scrollWidth > frame.clientWidth + 1);
  })
  .map((element) => element.outerHTML.slice(0, 120))`;

async function idsOfTheStory(): Promise<Record<string, number>> {
  const demo = await db.user.findFirstOrThrow({ where: { email: DEMO_ACCOUNT.email } });
  const plan = await db.plan.findFirstOrThrow({ where: { name: "It's the future" } });
  const other = await db.plan.findFirstOrThrow({ where: { name: 'Back to Heroku' } });
  const where = { planId: plan.id };
  const long = await aPlan(demo, {
    plan: { name: LONG, description: `${LONG} \`${LONG}\`` },
    parts: { [LONG]: { replicas: '3', memoryMib: '512' }, [`${LONG}2`]: {} },
    connections: [[LONG, `${LONG}2`]],
    entries: { [LONG]: [LONG] },
  });
  await db.system.update({
    where: { id: long.system.id },
    data: { name: LONG, description: LONG, tags: [LONG] },
  });
  const empty = await aPlan(demo);
  return {
    systemId: plan.systemId,
    planId: plan.id,
    otherPlanId: other.id,
    longSystemId: long.system.id,
    longPlanId: long.plan.id,
    emptyPlanId: empty.plan.id,
    partId: (await db.part.findFirstOrThrow({ where })).id,
    connectionId: (await db.connection.findFirstOrThrow({ where })).id,
    entryId: (await db.entry.findFirstOrThrow({ where })).id,
    costId: (await db.extraCost.findFirstOrThrow({ where })).id,
    machineTypeId: plan.machineTypeId ?? 0,
    importId: plan.importId ?? 0,
  };
}
