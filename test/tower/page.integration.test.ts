/**
 * The control tower in a real browser, on a real engine with real orders: what an operator sees, that it
 * recovers from whatever breaks, that everybody can use it, and that it talks to nobody else.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PortolanProcess } from '../faults/processes.ts';
import { until } from '../workers/until.ts';
import {
  accessibilityFaults,
  CHROMIUM,
  openPage,
  startChromium,
  type WatchedPage,
} from './chromium.ts';
import { openStage, type Stage } from './stage.ts';

const DUTCH = { postal_code: '1011AB', country: 'NL' };
const mugs = (external_ref: string, changes: object = {}) => ({
  external_ref,
  destination: DUTCH,
  lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }],
  ...changes,
});

// Everything waits on conditions; a busy machine takes its time.
const PATIENCE = { timeout: 150_000 };

describe.skipIf(CHROMIUM === undefined)('the control tower in a browser', PATIENCE, () => {
  let stage: Stage;
  let browser: Browser;
  let worker: PortolanProcess;
  let api: PortolanProcess;
  const opened: WatchedPage[] = [];

  beforeAll(async () => {
    [stage, browser] = await Promise.all([openStage(), startChromium()]);
    await stage.harness.stock({ quantity: 500 });
    [api, worker] = await Promise.all([stage.startApi(), stage.startWorker()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  // A page that nobody looks at would still draw, on the two cores that the rest needs.
  afterEach(async () => {
    await Promise.all(opened.map(({ page }) => page.context().close()));
  });

  /** A page that was given the key, as a start script hands it over. */
  async function enter(look: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
    const watched = await openPage(browser, look);
    opened.push(watched);
    await watched.page.goto(`${stage.url()}/#key=${stage.keys.operator}`);
    await sees(watched.page, '.pill[data-state="live"]');
    return watched;
  }

  const sees = (page: Page, selector: string, hasText?: string | RegExp) => {
    const found = page.locator(selector, hasText === undefined ? {} : { hasText });
    return found.first().waitFor({ timeout: 60_000 });
  };
  const figure = async (page: Page, label: string) =>
    await page.locator('.figure', { hasText: label }).locator('.figure-value').innerText();
  /** Pixels of parcels on the map: how many, and where one is, CSS pixels of the window. */
  const dots = (page: Page) =>
    page.evaluate(() => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own world, which has a document.
      const canvas = (globalThis as any).document.querySelector('.map-dots');
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      const box = canvas.getBoundingClientRect();
      let count = 0;
      let place = { x: 0, y: 0 };
      for (let at = 3; at < data.length; at += 4) {
        if (data[at] < 180) continue;
        count += 1;
        const pixel = (at - 3) / 4;
        const x = box.left + ((pixel % width) * box.width) / width;
        place = { x, y: box.top + (Math.floor(pixel / width) * box.height) / height };
      }
      return { count, place };
    });

  it('asks for a key, says what is wrong with one, and keeps it for the session alone', async () => {
    const watched = await openPage(browser);
    const { page } = watched;
    await page.goto(stage.url());
    await page.getByLabel('Operator key').fill('hello');
    await page.keyboard.press('Enter');
    await sees(page, '.fault', 'A key looks like');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Operator key').fill(stage.keys.shop);
    await page.getByRole('button', { name: 'Open the tower' }).click();
    await sees(page, '.fault', 'another kind of party');
    await page.getByLabel('Operator key').fill(stage.keys.operator);
    await page.keyboard.press('Enter');
    await sees(page, '.pill[data-state="live"]');

    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain('ptl_');
    expect(page.url()).not.toContain('ptl_');
    await page.reload();
    await sees(page, '.pill[data-state="live"]');
    const other = await openPage(browser);
    await other.page.goto(stage.url());
    await sees(other.page, '.key-form');
    await Promise.all([page.context().close(), other.page.context().close()]);
    expect(watched.origins).toEqual(new Set([stage.url()]));
  });

  it('shows orders as they arrive, and a click on one explains its decision', async () => {
    const { page } = await enter();
    expect(await figure(page, 'Open orders')).toBe('0');
    expect((await dots(page)).count).toBe(0);

    await stage.order(...['w-1', 'w-2', 'w-3'].map((ref) => mugs(ref)));

    await until(async () => (await figure(page, 'Open orders')) === '3', 60);
    await until(async () => (await dots(page)).count > 0, 60);
    await page.getByRole('button', { name: 'Zoom out' }).click();
    // The map glides and parcels move: who misses one clicks again.
    await until(async () => {
      const { place } = await dots(page);
      await page.mouse.click(place.x, place.y);
      return /#\/(orders|warehouses)\//.test(page.url());
    }, 60);

    await page.getByRole('searchbox').fill('w-2');
    await page.keyboard.press('Enter');
    await sees(page, 'h2', 'w-2');
    await sees(page, '.decision', /sends 1 unit with/);
    const why = await page.locator('.decision').innerText();
    expect(why).toMatch(/Proven: no other plan is cheaper/);
    expect(why).toMatch(/It took .* steps, with .* left to the deadline/);
    expect(why).toMatch(/Decided again .* the same plan came out/);
    expect(await page.locator('.milestones tbody tr').count()).toBe(7);
    await sees(page, '.timeline', 'Decided, promise made');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('says that there is no such order', async () => {
    const { page } = await enter();
    await page.getByRole('searchbox').fill('never-posted');
    await page.keyboard.press('Enter');
    await sees(page, '.search-answer', 'No order is called never-posted');
  });

  it('shows a killed worker as stale, says what that means, and recovers with the next', async () => {
    const { page } = await enter();
    await worker.end('SIGKILL');
    await sees(page, '.banner', 'No worker answers');
    await page.getByRole('tab', { name: /Workers/ }).click();
    await sees(page, '[data-worker="stale"]', /silent for/);
    await stage.order(mugs('w-waits'));
    await until(async () => (await figure(page, 'Queue age')) !== '0 ms', 60);

    worker = await stage.startWorker();

    await sees(page, '[data-worker="alive"]');
    await page.locator('.banner', { hasText: 'No worker' }).waitFor({ state: 'hidden' });
    await until(async () => (await figure(page, 'Queue age')) === '0 ms', 60);
  });

  it('lets an operator settle an exception with the keyboard alone', async () => {
    const { page } = await enter();
    const [order_id] = await stage.order(
      mugs('w-nowhere', { destination: { postal_code: '1', country: 'JP' } }),
    );
    await page.getByRole('tab', { name: /At risk/ }).focus();
    await page.keyboard.press('ArrowRight');
    await sees(page, '.exception', 'w-nowhere');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel order' }).focus();
    await page.keyboard.press('Enter');
    await sees(page, 'button:focus', 'Yes, cancel the order');
    await page.keyboard.press('Enter');

    await sees(page, '.said', 'w-nowhere: the order is cancelled.');
    await sees(page, '.empty', 'No exception is open');
    const order = await stage.harness.owner
      .selectFrom('orders')
      .select('state')
      .where('order_id', '=', order_id!)
      .executeTakeFirstOrThrow();
    expect(order.state).toBe('cancelled');
  });

  it('is usable by everybody: both themes, both widths, every list', async () => {
    for (const theme of ['dark', 'light'] as const) {
      for (const width of [1440, 390]) {
        const { page } = await enter({ theme, width });
        for (const tab of ['at-risk', 'exceptions', 'warehouses', 'carriers', 'workers']) {
          await page.evaluate(`location.hash = '#/${tab}'`);
          await sees(page, `#tab-${tab}[aria-selected="true"]`);
          expect(await accessibilityFaults(page), `${theme} ${width} ${tab}`).toEqual([]);
        }
        for (const thing of ['warehouses/rotterdam', 'carriers/swift']) {
          await page.evaluate(`location.hash = '#/${thing}'`);
          await sees(page, '.card .totals');
          expect(await accessibilityFaults(page), `${theme} ${width} ${thing}`).toEqual([]);
        }
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, `${theme} ${width}`).toBeLessThanOrEqual(0);
        await page.context().close();
      }
    }
  });

  it('speaks Korean to those whose browser does, and says in whose zone times are', async () => {
    const { page } = await enter({ locale: 'ko-KR' });
    await sees(page, '.figure-label', '진행 중 주문');
    expect(await page.evaluate('document.documentElement.lang')).toBe('ko');
    await page.getByRole('combobox', { name: '시각의 시간대' }).selectOption('warehouse');
    await sees(page, '.side .note', 'Europe/Amsterdam');
    await page.getByRole('button', { name: 'English' }).click();
    await sees(page, '.figure-label', 'Open orders');
  });

  it('printed no error and asked no other host, in all of this', () => {
    expect(opened.length).toBeGreaterThan(5);
    for (const { errors, origins } of opened) {
      expect(errors).toEqual([]);
      expect([...origins]).toEqual([stage.url()]);
    }
  });

  it('says when Portolan is away, and goes on without a gap when it is back', async () => {
    const { page } = await enter();
    const before = Number(await figure(page, 'Open orders'));
    await api.end('SIGKILL');
    await sees(page, '.banner', /does not answer/);
    expect(await accessibilityFaults(page)).toEqual([]);

    api = await stage.startApi();
    await stage.order(mugs('w-after'), mugs('w-after-2'));

    await sees(page, '.pill[data-state="live"]');
    await until(async () => Number(await figure(page, 'Open orders')) === before + 2, 60);
  });
});
