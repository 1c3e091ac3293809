/**
 * A real Chromium, if there is one: Debian's, or the one that PORTOLAN_TEST_CHROMIUM names. Every page
 * it opens is watched: what it prints as an error and which hosts it talks to is kept.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [
  process.env.PORTOLAN_TEST_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where the browser is; undefined = there is none, and tests that need it say so. */
export const CHROMIUM = PLACES.find((path) => path !== undefined && existsSync(path));

if (CHROMIUM === undefined) {
  console.warn('no Chromium found: the tests of the page in a browser are skipped');
}

/** The browser talks to the page under test and to nobody else. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** Starts the browser. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS });
}

export interface Look {
  readonly width?: number;
  readonly theme?: 'dark' | 'light';
  readonly locale?: string;
}

/** A page with what it did wrong and whom it asked. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console, and those that nobody caught. */
  readonly errors: string[];
  readonly origins: Set<string>;
}

/** Opens a page of its own session. */
export async function openPage(browser: Browser, look: Look = {}): Promise<WatchedPage> {
  const { width = 1440, theme = 'dark', locale = 'en-GB' } = look;
  const viewport = { width, height: width < 800 ? 844 : 900 };
  const page = await browser.newPage({ viewport, colorScheme: theme, locale });
  const errors: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  return { page, errors, origins };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What breaks WCAG 2.2 A and AA on the page as it is now: rule and places, one a line. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Run in the page's own world without a script element: the page's policy allows none.
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    );
  });
}
