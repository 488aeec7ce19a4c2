import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { db } from '../../src/db/client.js';
import { aPlan } from '../support/factories.js';
import { hasBrowser, openPage, signInToDemo, useBrowser } from './support.js';

useBrowser();

describe.skipIf(!hasBrowser)('a picture', () => {
  let page: Page;
  let wide: string;
  let ids: number[];

  beforeAll(async () => {
    await tellStory();
    const demo = await db.user.findFirstOrThrow({ where: { email: DEMO_ACCOUNT.email } });
    const story = await db.plan.findMany({
      orderBy: { id: 'asc' },
      select: { id: true, machineTypeId: true },
    });
    const machineTypeId = String(story[0]?.machineTypeId);
    const [web, names] = [
      'Веб-интерфейс магазина',
      ['ЖЖЖШШШ', 'WWWMMM', 'ЩЮЩЮЩЮЩЮЩЮЩЮ', 'ΨΦΩΨΦΩ-ΨΦΩ', '注文サービス'],
    ];
    const parts = Object.fromEntries([web, ...names].map((name) => [name, { memoryMib: '512' }]));
    const russian = await aPlan(demo, {
      plan: { machineTypeId },
      parts,
      connections: names.map((name) => [web, name]),
      entries: { 'Оформить заказ и оплатить картой': [web], ШШШЖЖЖ: ['WWWMMM'] },
    });
    const small = await aPlan(demo, { plan: { machineTypeId }, parts: { api: { memoryMib: '64' } } });
    wide = russian.address;
    ids = [...story.map(({ id }) => id), russian.plan.id, small.plan.id];
    page = await openPage({ reducedMotion: 'reduce' });
    await signInToDemo(page);
  });

  test('holds every name within its shape, in any letters', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(wide);
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
  });

  test('begins at the first entry where it is wider than the screen, or at the part that is down', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    for (const [address, what] of [
      ['/plans/1', '.flag-of-entry'],
      ['/plans/1?down=kube-router', '.part.is-down'],
      ['/plans/1?down=catalog', '.part.is-down'],
    ] as const) {
      await page.goto(address);
      const seen = await page.locator(`.picture-box ${what}`).first().boundingBox();
      expect.soft(seen!.x, address).toBeGreaterThanOrEqual(0);
      expect.soft(seen!.x + seen!.width, address).toBeLessThanOrEqual(360);
    }
  });

  test.each([360, 900, 1280, 1920])('is of one scale with those beside it at %i px', async (width) => {
    for (const count of [2, 3, 4]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`/comparison?plans=${ids.slice(0, count)}`);
      expect(await page.evaluate(SHRUNK)).toEqual([]);
    }
  });

  test('is of one scale with those beside it on A4 paper', async () => {
    await page.goto(`/comparison?plans=${ids.slice(0, 2)}`);
    const sideMm = await page.evaluate<number>(PAGE_MARGIN);
    expect(sideMm).toBeGreaterThan(0);
    await page.setViewportSize({ width: Math.floor(((210 - 2 * sideMm) / 25.4) * 96), height: 1000 });
    await page.emulateMedia({ media: 'print' });
    const shrunk = await page.evaluate(SHRUNK);
    await page.emulateMedia({ media: 'screen' });
    expect(shrunk).toEqual([]);
  });

  test('of up to four plans is whole on a usual screen, on at most two rows', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const count of [2, 3, 4]) {
      await page.goto(`/comparison?plans=${ids.slice(0, count)}`);
      const { cut, rows } = await page.evaluate<{ cut: number; rows: number }>(ROWS);
      expect(cut).toBe(0);
      expect(rows).toBe(count < 4 ? 1 : 2);
    }
  });
});

const OUTSIDE = `[...document.querySelectorAll('.part, .flag-of-entry, .flag, .box:not(.key)')].flatMap((thing) => {
  const shape = thing.querySelector('.shape, rect')?.getBoundingClientRect();
  return [...thing.querySelectorAll(thing.matches('.part') ? '.name, .kind, .note' : 'text')]
    .filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      return left < shape.left - 0.5 || right > shape.right + 0.5;
    })
    .map((text) => text.textContent);
})`;

const SHRUNK = `[...document.querySelectorAll('.side-by-side svg')].flatMap((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.getAttribute('width');
  return Math.abs(scale - 1) > 0.01 ? [scale] : [];
})`;

/** The margin that the style sheet gives a printed page at its sides, in millimetres. */
const PAGE_MARGIN = `[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSPageRule)
  .map((rule) => Number.parseFloat(rule.style.marginLeft))[0]`;

const ROWS = `(() => {
  const boxes = [...document.querySelectorAll('.side-by-side .picture-box')];
  return {
    cut: boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length,
    rows: new Set([...document.querySelectorAll('.side-by-side figure')].map((figure) => Math.round(figure.getBoundingClientRect().top))).size,
  };
})()`;
