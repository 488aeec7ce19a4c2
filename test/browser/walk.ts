import express from 'express';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { db } from '../../src/db/client.js';
import { drawRoutes } from '../../src/routes.js';
import { aPlan } from '../support/factories.js';
import { linksOf } from '../support/links.js';
import { routesOf } from '../support/routes.js';
import { axeFindings, sidewaysScroll } from './support.js';

const drawn = express();
drawRoutes(drawn);

/** Every address that a GET answers, ids left open. */
export const PATTERNS = routesOf(drawn).flatMap(({ method, path }) => (method === 'get' ? [path] : []));

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

/** Tells the story, and beside it a plan of words too long for a phone and one with nothing in it. Gives the id for each name in a pattern. */
export async function idsOfTheStory(): Promise<Record<string, number | string>> {
  await tellStory();
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
  const columns = Array.from({ length: 12 }, (_, n) => `column ${n}`).join(' | ');
  const table = `${columns}\n${columns.replace(/column \d+/g, '---')}\n${columns}`;
  const body = `${LONG} \`${LONG}\`\n\n${table}\n\n    ${LONG}`;
  await db.comment.create({ data: { planId: long.plan.id, authorId: demo.id, body } });
  const empty = await aPlan(demo);
  const somebody = await db.user.create({
    data: { name: LONG, email: 'long@example.com', confirmedAt: new Date() },
  });
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
    commentId: (await db.comment.findFirstOrThrow({ where: { authorId: demo.id, plan: null } })).id,
    costId: (await db.extraCost.findFirstOrThrow({ where })).id,
    machineTypeId: plan.machineTypeId ?? 0,
    importId: plan.importId ?? 0,
    personId: somebody.id,
    provider: 'github',
    changeId: (await db.change.findFirstOrThrow({ where: { noun: 'systems' } })).id,
    ...(await linksOf(demo.id)),
  };
}

/** The pattern with real ids, or the token of its link, in it. Throws for a name that the walk does not know, so that no new page goes unseen. */
export function addressWith(pattern: string, ids: Record<string, number | string>): string {
  if (pattern === '/comparison') return `/comparison?plans=${ids.planId},${ids.otherPlanId}`;
  if (ids[pattern] !== undefined) return `${pattern}?token=${ids[pattern]}`;
  return pattern.replace(/:(\w+)/g, (_all, name: string) => {
    if (ids[name] === undefined) throw new Error(`This walk knows no ${name}: give it one in idsOfTheStory.`);
    return String(ids[name]);
  });
}

/** No findings of axe wide and narrow, light and dark, and nothing to scroll sideways on a small phone. */
export async function expectGoodPage(page: Page): Promise<void> {
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
