/** What an order and its policy ask of a decision holds from the post to the parcel and the replay. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { anOrder, lines } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';

const OPERATOR = { role: 'operator', party_id: '*' };
const BASKET = lines(['mug', 1], ['book', 1]);
let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

type Rules = Parameters<typeof acceptOrders>[1][number]['rules'];

/** Posts and decides a mug and a book; the sizes of its parcels, or why there are none. */
async function decide(rules: Rules): Promise<{ order_id: string; homes: number[][] | string }> {
  const [accepted] = await acceptOrders(harness.engine, [anOrder({ lines: BASKET, rules })]);
  if (accepted?.status !== 'applied') throw new Error('the order was not taken');
  const { order_id } = accepted;
  while ((await decideOrders(harness.engine)).more);
  const decision = await harness.owner
    .selectFrom('decisions')
    .select('result')
    .where('order_id', '=', order_id)
    .executeTakeFirstOrThrow();
  const result = decision.result as unknown as {
    reason?: string;
    parcels?: { takes: { line_no: number }[] }[];
  };
  const homes = result.parcels?.map((parcel) => parcel.takes.map((take) => take.line_no).sort());
  return { order_id, homes: homes ?? result.reason! };
}

describe('rules of an order', () => {
  beforeEach(async () => {
    await harness.stock(
      { sku_id: 'mug', quantity: 9 },
      { sku_id: 'book', quantity: 9, warehouse_id: 'warsaw' },
    );
  });

  test('hold the parcels of its decision, which is explained by making it again', async () => {
    expect((await decide(undefined)).homes).toHaveLength(2);
    for (const rules of [{ split_limit: 1 }, { ship_complete: true }]) {
      expect((await decide(rules)).homes).toBe('split_limit');
    }
    const { order_id, homes } = await decide({ keep_together: [[1, 2]] });
    expect(homes).toBe('keep_together');
    const explained = await explainDecision(harness.engine, OPERATOR, order_id);
    const refused_by = [{ rule: 'keep_together', got: 2, limit: 1 }];
    expect(explained).toMatchObject({ replayed: true, refused_by });
  });

  test('are part of what a quote promised, and of what makes an order the same', async () => {
    const ask = { platform_id: 'shop', destination: anOrder().destination, lines: BASKET };
    const rules = { ship_complete: true };
    const refused = await quotePromise(harness.engine, { ...ask, rules, request_id: 'r' });
    expect(refused).toMatchObject({ options: [], reason: 'split_limit' });
    const free = await quotePromise(harness.engine, { ...ask, request_id: 'r' });
    const quote_token = free.options[0]!.token;
    const [mismatch] = await acceptOrders(harness.engine, [
      anOrder({ lines: BASKET, quote_token, rules: { split_limit: 2 } }),
    ]);
    expect(mismatch).toMatchObject({ status: 'refused', code: 'quote_mismatch' });

    const order = anOrder({ lines: BASKET });
    const [first, same, other] = await acceptOrders(harness.engine, [
      order,
      order,
      { ...order, rules: { split_limit: 2 } },
    ]);
    expect(first!.status).toBe('applied');
    expect(same!.status).toBe('duplicate');
    expect(other).toMatchObject({ status: 'refused', code: 'order_conflict' });
  });

  test('name lines that the order has, each in one group', async () => {
    const [result] = await acceptOrders(harness.engine, [
      anOrder({ lines: BASKET, rules: { keep_together: [[1, 3], [1]] } }),
    ]);
    expect(result).toMatchObject({
      status: 'refused',
      faults: [
        { pointer: '/rules/keep_together/0/1', detail: expect.stringMatching(/^got 3, expected/) },
        { pointer: '/rules/keep_together/1/0', detail: expect.stringMatching(/one group/) },
      ],
    });
  });
});

describe('rules of the policy', () => {
  test('part goods that must not share a parcel, although one warehouse has them all', async () => {
    const skus = aNetwork().skus.map((sku) => ({ ...sku, goods_class: sku.id }));
    await harness.applyNetwork(aNetwork({ skus, policy: { apart: [['mug', 'book']] } }));
    await harness.stock({ sku_id: 'mug', quantity: 9 }, { sku_id: 'book', quantity: 9 });

    expect((await decide(undefined)).homes).toEqual(expect.arrayContaining([[1], [2]]));
    expect((await decide({ ship_complete: true })).homes).toBe('keep_together');
  });
});
