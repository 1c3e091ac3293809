/** Quoting: what is offered is held, honoured once, and freed when nobody takes it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AskQuote } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { expireQuotes } from '../../src/fulfillment/expire-quotes.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { aNetwork, aService, aWarehouse } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 3 }, { quantity: 2, warehouse_id: 'warsaw' });
});
afterEach(async () => {
  await harness.close();
});

const ask = (quantity: number): AskQuote => ({
  platform_id: 'shop',
  destination: { postal_code: '1011AB', country: 'NL' },
  lines: [aLine({ quantity })],
  request_id: 'request-quote',
});

async function views(): Promise<number> {
  return (await harness.owner.selectFrom('quote_views').select('quote_id').execute()).length;
}

async function stockTotals() {
  const rows = await harness.owner.selectFrom('stock').select(['on_hand', 'reserved']).execute();
  return rows.reduce(
    (sum, row) => ({ on_hand: sum.on_hand + row.on_hand, reserved: sum.reserved + row.reserved }),
    { on_hand: 0, reserved: 0 },
  );
}

/** Quotes every few minutes until an offer is good for less than the policy's quarter of an hour. */
async function untilTight(quoting: () => ReturnType<typeof quotePromise>) {
  const { quote_seconds } = aNetwork().policy;
  for (let minutes = 0; minutes < 2 * 1440; minutes += 5) {
    const quoted = await quoting();
    const end = quoted.options[0]?.expires_at ?? harness.clock.now();
    const good_for = end.since(harness.clock.now()).total('seconds');
    if (good_for > 1 && good_for < quote_seconds) return quoted;
    await expireQuotes(harness.engine);
    harness.clock.advance(300);
  }
  throw new Error('no offer was ever tight');
}

describe('quoting a promise', () => {
  test('offers priced options in money and time, cheapest to fastest', async () => {
    const { options } = await quotePromise(harness.engine, ask(1));

    expect(options.length).toBeGreaterThanOrEqual(1);
    expect(options.length).toBeLessThanOrEqual(3);
    for (const option of options) {
      expect(option.price).toBeGreaterThan(0);
      expect(option.currency).toBe('EUR');
      expect(Temporal.Instant.compare(option.promise_at, harness.clock.now())).toBe(1);
    }
  });

  test('keeps what it was made from: each option replays, whatever the network became', async () => {
    await harness.stock({ quantity: 40, lot: 'more' });
    for (const label of ['cheapest', 'best_value', 'fastest']) {
      const { options } = await quotePromise(harness.engine, ask(2));
      const option = options.find((one) => one.label === label);
      if (option === undefined) continue;
      harness.clock.advance(60);
      const { policy } = aNetwork();
      const next = { ...policy, id: label, time_per_day: policy.time_per_day * 7 + 11 };
      await harness.applyNetwork(aNetwork({ policy: next }));
      const order = anOrder({ lines: [aLine({ quantity: 2 })], quote_token: option.token });
      const [accepted] = await acceptOrders(harness.engine, [order]);
      await decideOrders(harness.engine);

      const { order_id } = accepted as { order_id: string };
      const who = { role: 'platform', party_id: 'shop' };
      const explained = await explainDecision(harness.engine, who, order_id);
      expect(explained, label).toMatchObject({ from_quote: true, replayed: true });
    }
    await quotePromise(harness.engine, ask(1));
    harness.clock.advance(3600);
    await expireQuotes(harness.engine);
    const used = await harness.owner
      .selectFrom('quotes')
      .select('quote_id')
      .where('state', '=', 'used');
    const kept = await harness.owner.selectFrom('quote_views').select('quote_id').execute();
    expect(kept).toHaveLength((await used.execute()).length);
    expect(kept.length).toBeGreaterThan(0);
  });

  test('honours a token with the very plan that was offered, though others took the rest', async () => {
    const quoted = await quotePromise(harness.engine, ask(3));
    const option = quoted.options[0]!;
    await acceptOrders(harness.engine, [anOrder({ lines: [aLine({ quantity: 2 })] })]);
    await decideOrders(harness.engine);

    const order = anOrder({ lines: [aLine({ quantity: 3 })], quote_token: option.token });
    const [accepted] = await acceptOrders(harness.engine, [order]);
    expect(accepted?.status).toBe('applied');
    await decideOrders(harness.engine);

    const row = await harness.owner
      .selectFrom('orders')
      .selectAll()
      .where('external_ref', '=', order.external_ref)
      .executeTakeFirstOrThrow();
    expect(row.state).toBe('decided');
    expect(row.promise_at!.equals(option.promise_at)).toBe(true);
    expect(await stockTotals()).toEqual({ on_hand: 5, reserved: 5 });
    const [again] = await acceptOrders(harness.engine, [order]);
    expect(again?.status).toBe('duplicate');
  });

  test('holds the slots of its plan for its life, and gets them under another network too', async () => {
    await harness.close();
    const network = aNetwork({
      warehouses: [aWarehouse({ id: 'rotterdam', parcels_per_day: 1 })],
      services: [aService({ id: 'swift-standard' })],
    });
    harness = await startHarness({ network });
    await harness.stock({ quantity: 5 });
    const quoted = await quotePromise(harness.engine, ask(1));
    const [option] = quoted.options;
    const dayOf = async (external_ref: string) => {
      while ((await decideOrders(harness.engine)).more);
      const row = await harness.owner
        .selectFrom('orders')
        .innerJoin('shipments', 'shipments.order_id', 'orders.order_id')
        .select(['orders.promise_at', 'pickup_at'])
        .where('external_ref', '=', external_ref)
        .executeTakeFirstOrThrow();
      return { promise_at: String(row.promise_at), day: String(row.pickup_at).slice(0, 10) };
    };

    // The day has room for one parcel, which the quote holds.
    const other = anOrder();
    await acceptOrders(harness.engine, [other]);
    expect(await dayOf(other.external_ref)).toMatchObject({ day: '2026-03-19' });
    // Then the service is slower and has no room at all: what was sold was sold.
    const [service] = network.services;
    const slower = [{ ...service!.lanes[0]!, transit_time_id: 'days_4' }];
    await harness.applyNetwork({
      ...network,
      warehouses: [aWarehouse({ id: 'rotterdam', parcels_per_day: 0 })],
      services: [{ ...service!, lanes: slower }],
    });
    const order = anOrder({ quote_token: option!.token });
    expect(await acceptOrders(harness.engine, [order])).toMatchObject([{ status: 'applied' }]);

    const promise_at = String(option!.promise_at);
    expect(await dayOf(order.external_ref)).toEqual({ promise_at, day: '2026-03-18' });
  });

  test('makes one order of one quote, also for two orders at once', async () => {
    const { options } = await quotePromise(harness.engine, ask(1));
    const orders = [1, 2].map(() => anOrder({ quote_token: options[0]!.token }));

    const together = await acceptOrders(harness.engine, orders);

    expect(together.map((result) => result.status).sort()).toEqual(['applied', 'refused']);
    const [late] = await acceptOrders(harness.engine, [
      anOrder({ quote_token: options[0]!.token }),
    ]);
    expect(late).toMatchObject({ status: 'refused', code: 'quote_expired' });
  });

  test("refuses another basket, another platform's token and an invented one", async () => {
    const { options } = await quotePromise(harness.engine, ask(1));
    const quote_token = options[0]!.token;

    const results = await acceptOrders(harness.engine, [
      anOrder({ quote_token, lines: [aLine({ quantity: 2 })] }),
      anOrder({ quote_token, lines: [aLine({ weight_grams: 90_000 })] }),
      anOrder({
        quote_token,
        destination: { postal_code: '1011AB', country: 'NL', position: [4.9, 52.4] },
      }),
      anOrder({ quote_token, platform_id: 'market' }),
      anOrder({ quote_token: `${quote_token.slice(0, -2)}xx` }),
      anOrder({ quote_token: 'nonsense' }),
    ]);

    expect(
      results.map((result) => (result.status === 'refused' ? result.code : 'applied')),
    ).toEqual([...Array(3).fill('quote_mismatch'), ...Array(3).fill('quote_expired')]);
  });

  test('frees what an unused quote held when it expires, and refuses its token from then on', async () => {
    const { options } = await quotePromise(harness.engine, ask(2));
    expect((await stockTotals()).reserved).toBeGreaterThanOrEqual(2);

    harness.clock.advance(901);
    expect(await expireQuotes(harness.engine)).toEqual({ done: 1, more: false });

    expect((await stockTotals()).reserved).toBe(0);
    const [late] = await acceptOrders(harness.engine, [
      anOrder({ lines: [aLine({ quantity: 2 })], quote_token: options[0]!.token }),
    ]);
    expect(late).toMatchObject({ status: 'refused', code: 'quote_expired' });
  });

  test('ends an offer when its pickup could no longer be met, and honours it until then', async () => {
    const quoting = () => quotePromise(harness.engine, ask(1));
    const tight = (await untilTight(quoting)).options[0]!;
    const order = () => anOrder({ lines: [aLine({ quantity: 1 })], quote_token: tight.token });

    harness.clock.set(tight.expires_at.subtract({ milliseconds: 1 }));
    const [inTime] = await acceptOrders(harness.engine, [order()]);
    const other = (await untilTight(quoting)).options[0]!;
    harness.clock.set(other.expires_at);
    const [tooLate] = await acceptOrders(harness.engine, [
      anOrder({ lines: [aLine({ quantity: 1 })], quote_token: other.token }),
    ]);

    expect(inTime).toMatchObject({ status: 'applied' });
    expect(tooLate).toMatchObject({ status: 'refused', code: 'quote_expired' });
  });

  test('says why nothing can be promised', async () => {
    expect(await quotePromise(harness.engine, ask(6))).toEqual({
      quote_id: null,
      options: [],
      reason: 'no_stock',
    });
  });

  test('answers at once, and why, when a line would fill more parcels than an order may have', async () => {
    await harness.stock({ quantity: 2_000_000_000, lot: 'mountain' });
    const started = performance.now();

    const quoted = await quotePromise(harness.engine, ask(50_000_000));

    expect(quoted).toMatchObject({ options: [], reason: 'split_limit' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('never holds more than there is, with many quotes at once', async () => {
    const quotes = await Promise.all(
      Array.from({ length: 12 }, () => quotePromise(harness.engine, ask(1))),
    );

    expect((await stockTotals()).reserved).toBeLessThanOrEqual(5);
    expect(quotes.filter((quote) => quote.options.length > 0).length).toBeGreaterThan(0);
  });
});

describe('cancelling an order', () => {
  const cancel = (order_id: string, platform_id: string | null = 'shop') =>
    cancelOrder(harness.engine, { platform_id, order_id, reason: 'buyer', request_id: 'r' });

  async function acceptOne(changes = {}): Promise<string> {
    const [result] = await acceptOrders(harness.engine, [anOrder(changes)]);
    if (result === undefined || result.status === 'refused') throw new Error('refused');
    return result.order_id;
  }

  test('frees units, slots and offers of a decided order, once', async () => {
    const order_id = await acceptOne({ lines: [aLine({ quantity: 2 })] });
    await decideOrders(harness.engine);

    const answers = await Promise.all([cancel(order_id), cancel(order_id), cancel(order_id)]);

    expect(new Set(answers.map((answer) => answer.state))).toEqual(new Set(['cancelled']));
    expect((await stockTotals()).reserved).toBe(0);
    const offers = await harness.owner.selectFrom('assignments').select('state').execute();
    expect(offers).toEqual([{ state: 'withdrawn' }]);
  });

  test('frees what a quote held for an order that was never decided', async () => {
    const { options } = await quotePromise(harness.engine, ask(2));
    const order_id = await acceptOne({
      lines: [aLine({ quantity: 2 })],
      quote_token: options[0]!.token,
    });

    expect(await views()).toBe(1);

    await cancel(order_id);

    expect((await stockTotals()).reserved).toBe(0);
    expect(await decideOrders(harness.engine)).toEqual({ done: 0, more: false });
    // Nothing was decided from it, so nothing is made again from what it saw.
    expect(await views()).toBe(0);
  });

  test("knows nothing of another platform's order", async () => {
    const order_id = await acceptOne();

    await expect(cancel(order_id, 'market')).rejects.toMatchObject({ code: 'not_found' });
  });
});
