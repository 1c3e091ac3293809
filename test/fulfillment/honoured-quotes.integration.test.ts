/** A token is good until the instant that was told with it, whatever becomes of the network in between. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AskQuote } from '../../src/domain/commands.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { applyNetwork } from '../../src/fulfillment/apply-network.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { expireQuotes } from '../../src/fulfillment/expire-quotes.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { aLine, anOrder } from '../builders/commands.ts';
import { aNetwork, aService, aWarehouse } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const network = aNetwork({
  warehouses: [aWarehouse({ id: 'rotterdam' })],
  services: [aService({ id: 'swift-standard' })],
});
let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ network });
  await harness.stock({ quantity: 3 });
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

async function offered() {
  const [option] = (await quotePromise(harness.engine, ask(1))).options;
  return option!;
}

const post = (quote_token: string) => acceptOrders(harness.engine, [anOrder({ quote_token })]);

async function promises(): Promise<string[]> {
  while ((await decideOrders(harness.engine)).more);
  const rows = await harness.owner
    .selectFrom('orders')
    .select(['promise_at', 'state'])
    .orderBy('accepted_at')
    .execute();
  return rows.map((row) => `${row.state} ${row.promise_at}`);
}

describe('a token after the network changed', () => {
  test.each([
    [
      'takes longer to pick',
      aNetwork({
        ...network,
        warehouses: [aWarehouse({ id: 'rotterdam', processing_seconds: 30_000 })],
      }),
    ],
    [
      'opens late',
      aNetwork({
        ...network,
        warehouses: [
          aWarehouse({ id: 'rotterdam', hours: { wed: [['20:00', '21:00']] } as never }),
        ],
      }),
    ],
    ['waits longer for an answer', aNetwork({ ...network, policy: { answer_seconds: 7200 } })],
    [
      'is not collected today',
      aNetwork({
        ...network,
        services: [aService({ id: 'swift-standard', pickups: { fri: ['12:00'] } as never })],
      }),
    ],
  ])('whose warehouse %s is honoured', async (_, changed) => {
    const option = await offered();
    await harness.applyNetwork(changed);
    harness.clock.set(option.expires_at.subtract({ milliseconds: 1 }));
    expect(await post(option.token)).toMatchObject([{ status: 'applied' }]);
    expect(await promises()).toEqual([`decided ${option.promise_at}`]);
  });

  test('is not left without the service that it was sold by, while its order waits', async () => {
    const option = await offered();
    await post(option.token);
    // Its hold does not end with the quote: the order has taken it over.
    harness.clock.set(option.expires_at.add({ seconds: 1 }));
    await expireQuotes(harness.engine);
    const other = { ...network, services: [aService({ id: 'other' })] };

    const apply = () => applyNetwork(harness.engine, { document: other, applied_by: 'operator:*' });

    await expect(apply()).rejects.toMatchObject({ code: 'network_orphans_work' });
    expect(await promises()).toEqual([`decided ${option.promise_at}`]);
  });
});

describe('what a quote held', () => {
  test('goes to an order that waits for it, when nobody asks again', async () => {
    const option = (await quotePromise(harness.engine, ask(3))).options[0]!;
    await acceptOrders(harness.engine, [anOrder({ lines: [aLine({ quantity: 3 })] })]);
    await harness.settle();
    expect(await promises()).toEqual(['backordered null']);

    harness.clock.set(option.expires_at);
    await harness.settle();

    expect((await promises())[0]).toMatch(/^decided/);
  });

  test('is not used up by an order of a reference that came before', async () => {
    const { token } = await offered();
    await acceptOrders(harness.engine, [anOrder({ external_ref: 'A-1' })]);

    const answers = await acceptOrders(harness.engine, [
      anOrder({ external_ref: 'A-1', quote_token: token }),
      anOrder({ external_ref: 'B-1', quote_token: token }),
      anOrder({ external_ref: 'C-1', quote_token: token }),
    ]);

    expect(answers).toMatchObject([
      { status: 'refused', code: 'order_conflict' },
      { status: 'applied' },
      { status: 'refused', code: 'quote_expired' },
    ]);
  });
});
