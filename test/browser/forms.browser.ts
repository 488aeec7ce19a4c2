import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openPage, signInToDemo, useBrowser } from './support.js';
import { addressWith, expectGoodPage, idsOfTheStory, PATTERNS } from './walk.js';

useBrowser();

describe.skipIf(!hasBrowser)('a form sent empty says so, accessibly', () => {
  let page: Page;
  let ids: Record<string, number | string>;

  beforeAll(async () => {
    ids = await idsOfTheStory();
    page = await openPage({ reducedMotion: 'reduce' });
    await signInToDemo(page);
  });

  test.each(PATTERNS.filter((pattern) => /\/(new|edit)$/.test(pattern)))('%s', async (pattern) => {
    await page.goto(addressWith(pattern, ids));
    await page.evaluate(EMPTY_THE_FORM);
    await page.locator('main form[method=post] button:not([type=button])').first().click();
    await page.getByRole('alert').waitFor();
    expect(await page.locator('[aria-invalid=true]').count()).toBeGreaterThan(0);
    await expectGoodPage(page);
  });
});

const EMPTY_THE_FORM = `{
  const form = document.querySelector('main form[method=post]');
  form.noValidate = true;
  for (const field of form.elements) {
    if (field.type === 'select-one') field.selectedIndex = -1;
    else if (field.type === 'checkbox') field.checked = false;
    else if (field.type !== 'hidden') field.value = '';
  }
}`;
