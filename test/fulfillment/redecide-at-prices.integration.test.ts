/** Orders are decided again at the prices in force. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Network } from '../../src/domain/network.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { redecideOrders } from '../../src/fulfillment/redecide-orders.ts';
import { type Harness, startHarness } from '../harness.ts';
import { contendedNetwork, openSenders, splitOrder } from './contended-orders.ts';
import { plantPrices } from './planted-prices.ts';

const OPERATOR = { role: 'operator', party_id: '*' };

let harness: Harness;
const start = async (policy: Partial<Network['policy']> = {}): Promise<void> => {
  harness = await startHarness({ network: contendedNetwork(policy) });
};
afterEach(() => harness.close());
const later = () => harness.clock.advance(harness.engine.config.redecide_seconds);

describe('deciding again at prices', () => {
  test('leaves a unit to later orders that need it more; names the prices, and is replayed', async () => {
    await start();
    const order_id = await splitOrder(harness);
    await plantPrices(harness, { prices: [['inland', 'book', 5000]] });
    expect((await redecideOrders(harness.engine)).done).toBe(0);

    later();
    const price_set_id = await plantPrices(harness, { prices: [['inland', 'book', 10]] });
    expect((await redecideOrders(harness.engine)).done).toBe(1);

    expect(await openSenders(harness, order_id)).toEqual(['inland']);
    const explained = await explainDecision(harness.engine, OPERATOR, order_id);
    expect(explained).toMatchObject({ replayed: true, decision_no: 2, price_set_id });
  });

  test.each([
    ['a unit that is given back', { prices: [['harbour', 'book', 5000]] }],
    [
      'a parcel less by a carrier with too much work',
      { carriers: [['swift', null, 'day', 3000, 0, 0]] },
    ],
  ] as const)('knows what %s is worth', async (_what, prices) => {
    await start({ redecide_saving: 2000 });
    const order_id = await splitOrder(harness);
    expect((await redecideOrders(harness.engine)).done).toBe(0);

    later();
    await plantPrices(harness, prices);
    expect((await redecideOrders(harness.engine)).done).toBe(1);

    expect(await openSenders(harness, order_id)).toEqual(['inland']);
  });
});
