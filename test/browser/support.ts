import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { DEMO_ACCOUNT } from '../../prisma/seed.js';
import { app, useApp } from '../support/app.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** False, and said why, on a machine without the browser. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  process.stdout.write(
    `Skipped: no browser at ${executablePath}. Install chromium, or set CHROMIUM to one.\n`,
  );
}

let browser: Browser;
let origin: string;
let complaints: string[] = [];

/**
 * The app listening at the address that its settings say, as passkeys need it, and a browser. What a page complains of (scripts, CSP, what
 * cannot be loaded) fails the test that opened it.
 */
export function useBrowser(): void {
  if (!hasBrowser) return;
  // A provider that is never gone to: its button is to be looked at.
  const environment: Record<string, string> = { GITHUB_CLIENT_ID: 'x', GITHUB_CLIENT_SECRET: 'y' };
  const server = createServer();
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    environment.APP_URL = origin;
  });
  useApp(environment);
  beforeAll(async () => {
    server.on('request', app);
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath, args });
  });
  afterEach(() => {
    const told = complaints;
    complaints = [];
    expect(told).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A browser window of its own, nobody signed in. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  context.setDefaultTimeout(10_000);
  if (options.javaScriptEnabled !== false) await context.addInitScript({ content: axe });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // Chromium also complains of a page, and of a passkey, that is answered by 404 or 422, which is for the tests to expect.
    const { url } = message.location();
    const isAnswer = url === page.url() || url === `${origin}/sign-in/passkey`;
    const isOwnStatus = isAnswer && /status of 4\d\d/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !isOwnStatus) {
      complaints.push(`${page.url()}: ${message.text()}`);
    }
  });
  return page;
}

export async function signInToDemo(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(DEMO_ACCOUNT.email);
  await page.getByLabel('Password').fill(DEMO_ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong on the page, its details opened: one line a finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  return page.evaluate(`(async () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const { violations } = await axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.slice(0, 5).map((node) =>
      id + ': ' + node.target.join(' ') + ': ' + node.failureSummary.replace(/\\s+/g, ' ')));
  })()`);
}

/** How many pixels the page can be scrolled sideways, and by what: nothing, or the widest elements. */
export async function sidewaysScroll(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const clips = (element) => element && (getComputedStyle(element).overflowX !== 'visible' || clips(element.parentElement));
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 1 && !clips(element.parentElement))
      .slice(0, 5)
      .map((element) => element.tagName.toLowerCase() + '.' + element.className + ' reaches ' + Math.round(element.getBoundingClientRect().right) + ' of ' + width);
  })()`);
}
