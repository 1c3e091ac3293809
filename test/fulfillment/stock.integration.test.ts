/** Adjusting: books are corrected by difference, once, never below what is set aside. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AdjustStock } from '../../src/domain/commands.ts';
import { adjustStock } from '../../src/fulfillment/adjust-stock.ts';
import { announceInbound } from '../../src/fulfillment/announce-inbound.ts';
import { receiveInbound } from '../../src/fulfillment/receive-inbound.ts';
import { aLine, anOrder, aReference } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { balances, decided, theOrder } from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

type Line = AdjustStock['lines'][number];

const adjust = (lines: readonly Partial<Line>[], adjustment_ref = aReference('count')) =>
  adjustStock(harness.engine, {
    warehouse_id: 'rotterdam',
    adjustment_ref,
    lines: lines.map((line) => ({ sku_id: 'mug', reason: 'cycle count', ...line })),
    request_id: 'request',
  });

describe('adjusting stock', () => {
  test('moves units between sellable, damaged and quarantined', async () => {
    await harness.stock({ quantity: 10 });

    const result = await adjust([{ on_hand: -3, damaged: 2, quarantined: 1 }]);

    expect(result).toMatchObject({ status: 'applied', adjusted_lines: 1 });
    expect(await balances(harness)).toMatchObject({ on_hand: 7, damaged: 2, quarantined: 1 });
  });

  test('makes a lot that is found for the first time', async () => {
    await adjust([{ sku_id: 'tea', lot: 'X', expires_on: '2027-05-01', on_hand: 4 }]);

    const lot = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(lot).toMatchObject({ lot: 'X', expires_on: '2027-05-01', on_hand: 4 });
  });

  test('never takes a lot beyond what a balance can hold, line by line or all together', async () => {
    const most = 2 ** 31 - 1;
    await adjust([{ on_hand: most - 5 }]);

    await expect(adjust([{ on_hand: 4 }, { on_hand: 4 }])).rejects.toMatchObject({
      code: 'invalid_request',
      faults: [{ pointer: '/lines/0/on_hand' }, { pointer: '/lines/1/on_hand' }],
    });
    const lines = [{ sku_id: 'mug', lot: '', quantity: 9 }];
    const receipt = { warehouse_id: 'rotterdam', receipt_ref: 'r', lines, request_id: 'request' };
    await expect(receiveInbound(harness.engine, receipt)).rejects.toMatchObject({
      code: 'invalid_request',
      faults: [{ pointer: '/lines/0/quantity' }],
    });
    const announced = [{ line_no: 1, sku_id: 'mug', quantity: most }];
    const notice = { seller_id: 'acme', warehouse_id: 'rotterdam', request_id: 'request' };
    const announce = (reference: string) =>
      announceInbound(harness.engine, { ...notice, reference, lines: announced });
    await announce('n-1');
    await expect(announce('n-2')).rejects.toMatchObject({ code: 'invalid_request' });

    expect(await balances(harness)).toMatchObject({ on_hand: most - 5, incoming: most });
    await adjust([{ on_hand: 9 }, { on_hand: -4 }]);
    expect(await balances(harness)).toMatchObject({ on_hand: most });
  });

  test('never goes below what is set aside, and refuses the whole with the places', async () => {
    await harness.stock({ quantity: 10 });
    await decided(harness, anOrder({ lines: [aLine({ quantity: 6 })] }));

    await expect(
      adjust([{ sku_id: 'book', on_hand: 5 }, { on_hand: -5 }, { damaged: -1 }]),
    ).rejects.toMatchObject({
      code: 'not_enough_stock',
      faults: [{ pointer: '/lines/1/on_hand' }, { pointer: '/lines/2/damaged' }],
    });

    expect(await balances(harness)).toMatchObject({ on_hand: 10, reserved: 6 });
    expect(await balances(harness, 'book')).toMatchObject({ on_hand: 0 });
    await adjust([{ on_hand: -4 }]);
    expect(await balances(harness)).toMatchObject({ on_hand: 6, reserved: 6 });
  });

  test('counts once, also when copies come at once; another body is refused', async () => {
    await harness.stock({ quantity: 10 });

    const copies = Array.from({ length: 6 }, () => adjust([{ on_hand: -1 }], 'count-7'));
    const results = await Promise.all(copies);

    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    expect(await balances(harness)).toMatchObject({ on_hand: 9 });
    await expect(adjust([{ on_hand: -2 }], 'count-7')).rejects.toMatchObject({
      code: 'event_conflict',
    });
  });

  test('shares its reference with a receipt, each counted', async () => {
    const warehouse_id = 'rotterdam';
    const lines = [{ sku_id: 'mug', quantity: 5 }];
    const receipt = { warehouse_id, receipt_ref: 'monday', lines, request_id: 'request' };
    await receiveInbound(harness.engine, receipt);

    expect(await adjust([{ on_hand: -2 }], 'monday')).toMatchObject({ status: 'applied' });
    expect(await adjust([{ on_hand: -2 }], 'monday')).toMatchObject({ status: 'duplicate' });
    expect(await balances(harness)).toMatchObject({ on_hand: 3 });
  });

  test('refuses what the network does not have', async () => {
    await expect(adjust([{ sku_id: 'unicorn', on_hand: 1 }])).rejects.toMatchObject({
      code: 'unknown_reference',
      faults: [expect.objectContaining({ pointer: '/lines/0/sku_id' })],
    });
  });

  test('wakes who waits for the units it finds', async () => {
    await decided(harness);
    expect((await theOrder(harness)).state).toBe('backordered');

    await adjust([{ on_hand: 1 }]);

    expect((await theOrder(harness)).state).toBe('accepted');
  });
});
