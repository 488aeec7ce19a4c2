import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { hasBrowser, openPage, sidewaysScroll, signInToDemo, useBrowser } from './support.js';

const COMPOSE = `services:
  proxy:
    image: traefik:3.1
    ports: ["443:443"]
    depends_on: [web]
    deploy: { resources: { reservations: { cpus: "0.25", memory: 256M } } }
  web:
    image: registry.example.com/shop:1.4
    depends_on: [db, cache]
    deploy: { replicas: 3, resources: { reservations: { cpus: "0.5", memory: 2G } } }
  worker:
    image: registry.example.com/shop:1.4
    command: work
    depends_on: [db, cache]
    deploy: { replicas: 2, resources: { reservations: { cpus: "0.5", memory: 2G } } }
  db:
    image: postgres:17
    deploy: { resources: { reservations: { cpus: "1", memory: 4G } } }
  cache:
    image: redis:7
    deploy: { resources: { reservations: { cpus: "0.25", memory: 1G } } }
`;

/** How somebody works a page: with a pointer, or with keys alone. */
type Hand = {
  press(what: Locator): Promise<void>;
  fill(field: Locator, text: string): Promise<void>;
  choose(field: Locator, option: RegExp): Promise<void>;
};

const WAIT = { timeout: 10_000 };

useBrowser();

describe.skipIf(!hasBrowser)('from the start page to the comparison, by what the pages say alone', () => {
  beforeAll(tellStory);

  test('with a pointer', async () => {
    await fromStartToComparison(await openPage(), pointer, 'Pointed');
  });

  test('without JavaScript', async () => {
    await fromStartToComparison(await openPage({ javaScriptEnabled: false }), pointer, 'Scriptless');
  });

  test('by keyboard alone, always seeing where one is', async () => {
    const page = await openPage();
    await fromStartToComparison(page, keyboardOf(page), 'Typed');
  });

  test('the first key on a page skips to its content', async () => {
    const page = await openPage();
    await page.goto('/');
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to the content' });
    expect(await skip.evaluate(IS_IN_SIGHT)).toBe(true);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
  });
});

describe.skipIf(!hasBrowser)('files instead of a paste', () => {
  beforeAll(tellStory);

  const compose = `services:\n  web:\n    image: shop:\${TAG}\n    ports: ["80:80"]\n    scale: \${COPIES}\n`;
  const file = (name: string, text: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

  test('a compose file and its .env, chosen together', async () => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto('/imports/new');
    await page
      .getByLabel('Or choose files')
      .setInputFiles([file('compose.yaml', compose), file('.env', 'TAG=2\nCOPIES=4\n')]);
    await page.getByRole('button', { name: 'Count it' }).click();
    await expect.poll(() => figures(page), WAIT).toMatchObject({ containers: '4' });
  });

  test('a folder, its files under their paths', async () => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto('/imports/new');
    const folder = { 'shop/compose.yaml': compose, 'shop/.env': 'TAG=2\nCOPIES=3\n' };
    const preview: string = await page.evaluate(`(async () => {
      const form = new FormData(document.querySelector('main form'));
      for (const [path, text] of Object.entries(${JSON.stringify(folder)})) form.append('files', new Blob([text]), path);
      return (await fetch('/imports', { method: 'POST', body: form })).url;
    })()`);
    await page.goto(preview);
    expect(await figures(page)).toMatchObject({ containers: '3' });
  });

  test('what is wrong in a file is said with its name and line, and nothing is kept', async () => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto('/imports/new');
    await page.getByLabel('Or choose files').setInputFiles([file('compose.yaml', 'services:\n  web: [\n')]);
    await page.getByRole('button', { name: 'Count it' }).click();
    await expectText(page.getByRole('alert'), /compose\.yaml:\d+:\d+/);
  });
});

describe.skipIf(!hasBrowser)('a comment, without JavaScript', () => {
  beforeAll(tellStory);

  test('is written at the end of the page, changed, deleted and brought back', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await signInToDemo(page);
    await page.goto('/plans/2');
    await page.getByLabel('Comment', { exact: true }).fill('One dyno, *one* night’s sleep.');
    await page.getByRole('button', { name: 'Comment' }).click();
    const said = page.getByRole('region', { name: 'Discussion' }).getByRole('listitem');
    await expectText(said, /^\s*Demo.*One dyno, one night’s sleep\.\s*$/s);
    expect(page.url()).toMatch(/\/plans\/2-back-to-heroku#comment-\d+$/);
    // What is said is printed, the field to say more in is not.
    await page.emulateMedia({ media: 'print' });
    expect(await said.isVisible()).toBe(true);
    expect(await page.getByLabel('Comment', { exact: true }).isVisible()).toBe(false);
    await page.emulateMedia({ media: 'screen' });
    // The many links of one word each say of which comment they are.
    await said.getByRole('link', { name: /^Edit Demo \d{4}-\d\d-\d\d \d\d:\d\d UTC$/ }).click();
    await page.getByLabel('Comment', { exact: true }).fill('Two dynos.');
    await page.getByRole('button', { name: 'Save' }).click();
    await expectText(page.getByRole('main').getByRole('listitem'), /edited.*Two dynos\./s);
    await page.getByRole('link', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete the comment' }).click();
    await expectText(page.getByRole('status'), /The comment is deleted\./);
    expect(await said.count()).toBe(0);
    // The page opens at its end, and Undo is in sight all the same.
    const undo = await page.getByRole('button', { name: 'Undo' }).boundingBox();
    expect(await page.evaluate('scrollY')).toBeGreaterThan(500);
    expect(undo?.y).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'The discussion' }).click();
    await expectText(said, /Two dynos\./);
  });

  test('that is wide widens no page', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    await signInToDemo(page);
    await page.goto('/plans/2');
    const wide = `|${'wide |'.repeat(40)}\n|${'-|'.repeat(40)}\n\n${'- '.repeat(60)}deep`;
    await page.getByLabel('Comment', { exact: true }).fill(wide);
    await page.getByRole('button', { name: 'Comment' }).click();
    expect(await page.locator('.comment table').count()).toBe(1);
    expect(await sidewaysScroll(page)).toEqual([]);
    await page.getByRole('link', { name: 'Delete…' }).last().click();
    expect(await page.locator('.prose table').count()).toBe(1);
    expect(await sidewaysScroll(page)).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('a form on a slow line', () => {
  beforeAll(tellStory);

  test('that is sent again by a second press is sent once', async () => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto('/systems/1');
    let sent = 0;
    await page.route('**/comments', async (route) => {
      sent += 1;
      await new Promise((resolve) => setTimeout(resolve, 800));
      await route.continue();
    });
    await page.getByLabel('Comment', { exact: true }).fill('Once is enough.');
    const button = page.getByRole('button', { name: 'Comment' });
    for (const _press of [1, 2, 3]) await button.click({ noWaitAfter: true });
    await expectText(page.getByRole('status'), /Your comment is written\./);
    expect(sent).toBe(1);
    // The next form is another.
    await page.getByLabel('Comment', { exact: true }).fill('And once more.');
    await button.click();
    expect(await page.getByText('And once more.').count()).toBe(1);
  });
});

describe.skipIf(!hasBrowser)('a picture as a file of its own', () => {
  beforeAll(tellStory);

  test.each(['diagram', 'machines'])('opens in the browser with its colours: %s', async (picture) => {
    const page = await openPage();
    await signInToDemo(page);
    await page.goto(`/plans/1/${picture}.svg`);
    const fill = await page.evaluate("getComputedStyle(document.querySelector('.sheet')).fill");
    expect(fill).not.toBe('rgb(0, 0, 0)');
  });
});

async function fromStartToComparison(page: Page, hand: Hand, name: string): Promise<void> {
  await page.goto('/');
  await hand.press(page.getByRole('main').getByRole('link', { name: 'Sign in' }));
  await hand.fill(page.getByLabel('E-mail'), DEMO_ACCOUNT.email);
  await hand.fill(page.getByLabel('Password'), DEMO_ACCOUNT.password);
  await hand.press(page.getByRole('button', { name: 'Sign in', exact: true }));
  await expectText(page.getByRole('main'), /Simple CRUD app/);

  await hand.press(page.getByRole('link', { name: 'Count my own' }));
  await hand.fill(page.getByLabel('docker-compose.yml'), COMPOSE);
  await hand.press(page.getByRole('button', { name: 'Count it' }));
  await page.getByRole('heading', { name: 'What these files run' }).waitFor();
  // proxy 1, web 3, worker 2, db 1, cache 1; proxy calls web, web and worker call db and cache.
  const bill = { services: '2', containers: '8', connections: '5' };
  // Assumed until one is chosen: m6i.large, which gives 6.1 of its 8 GiB; three of them hold 15.25 GiB, at $70.08 each.
  await expect
    .poll(() => figures(page), WAIT)
    .toMatchObject({ ...bill, machines: '3', 'a month': '$210.24' });

  await hand.fill(page.getByLabel('Name of the plan'), `${name} plan`);
  await hand.choose(page.getByRole('combobox', { name: 'Machine type' }), /m6i\.xlarge/);
  await hand.press(page.getByRole('button', { name: 'Count again' }));
  // 4 CPU and 15.25 GiB are asked for, and no machine of 4 CPU and 16 GiB gives all it has: two of them, at $140.16.
  await expect
    .poll(() => figures(page), WAIT)
    .toMatchObject({ ...bill, machines: '2', 'a month': '$280.32' });

  await hand.fill(page.getByLabel('Name of the new system'), `${name} system`);
  // As a browser has it: the first button of a form is the one that Enter presses.
  await page.getByLabel('Name of the new system').press('Enter');
  await page.getByRole('heading', { name: `${name} plan`, level: 1 }).waitFor();
  await expect
    .poll(() => figures(page), WAIT)
    .toMatchObject({ ...bill, machines: '2', 'a month': '$280.32' });

  await hand.press(page.getByRole('link', { name: 'Plans', exact: true }));
  await hand.press(page.getByLabel(`Compare ${name} plan`));
  await hand.press(page.getByLabel('Compare It’s the future').or(page.getByLabel("Compare It's the future")));
  await hand.press(page.getByRole('button', { name: 'Compare the ticked plans' }));
  await page.getByRole('heading', { name: 'The bill, line by line' }).waitFor();
  expect(await compared(page, 'Containers')).toEqual({ [`${name} plan`]: '8', "It's the future": '50' });
}

const pointer: Hand = {
  press: (what) => what.click(),
  fill: (field, text) => field.fill(text),
  choose: async (field, option) => {
    const value = await field.locator('option', { hasText: option }).getAttribute('value');
    await field.selectOption(value);
  },
};

/** Goes to things by Tab only, and fails where the focus cannot be seen. */
function keyboardOf(page: Page): Hand {
  const goTo = async (what: Locator) => {
    await what.waitFor();
    for (let steps = 0; !(await what.evaluate(HAS_FOCUS)); steps += 1) {
      if (steps > 300) throw new Error(`Tab does not come to ${what}`);
      await page.keyboard.press('Tab');
    }
    expect(await what.evaluate(IS_IN_SIGHT)).toBe(true);
  };
  return {
    press: async (what) => {
      await goTo(what);
      await page.keyboard.press((await what.getAttribute('type')) === 'checkbox' ? 'Space' : 'Enter');
    },
    fill: async (field, text) => {
      await goTo(field);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(text);
    },
    choose: async (field, option) => {
      await goTo(field);
      const label = await field.locator('option', { hasText: option }).textContent();
      await page.keyboard.type(label?.trim().slice(0, 40) ?? '');
    },
  };
}

type Focusable = {
  ownerDocument: {
    activeElement: unknown;
    defaultView: { getComputedStyle(of: unknown): Record<string, string> };
  };
  matches(selector: string): boolean;
  getBoundingClientRect(): { right: number; bottom: number };
};

const HAS_FOCUS = (element: Focusable) => element.ownerDocument.activeElement === element;

/** Focused, on the page, and drawn so that one sees it. */
const IS_IN_SIGHT = (element: Focusable) => {
  const { outlineStyle, outlineWidth } = element.ownerDocument.defaultView.getComputedStyle(element);
  const { right, bottom } = element.getBoundingClientRect();
  const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth ?? '') >= 2;
  return element.matches(':focus-visible') && isOutlined && right > 0 && bottom > 0;
};

/** The figures of the bill by their label, as the page writes them. */
async function figures(page: Page): Promise<Record<string, string>> {
  const items = await page.getByRole('list', { name: 'The bill' }).getByRole('listitem').all();
  const pairs = items.map((item) =>
    Promise.all([text(item.locator('.label')), text(item.locator('.value'))]),
  );
  return Object.fromEntries(await Promise.all(pairs));
}

/** One line of the compared bills: the number by the plan's name. */
async function compared(page: Page, line: string): Promise<Record<string, string>> {
  const table = page.getByRole('region', { name: 'The bill as a table' });
  const [, ...plans] = await table.getByRole('columnheader').all();
  const cells = await table.getByRole('row', { name: line }).getByRole('cell').all();
  const pairs = plans.map(async (plan, i) => [
    await text(plan),
    /^[\d,]+/.exec(await text(cells[i]!))?.[0] ?? '',
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}

async function text(where: Locator): Promise<string> {
  return ((await where.textContent()) ?? '').trim().replace(/\s+/g, ' ');
}

async function expectText(where: Locator, text: RegExp): Promise<void> {
  await where.filter({ hasText: text }).waitFor();
}
