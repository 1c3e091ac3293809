/** Inbound: units are incoming until they are counted, and counted once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnnounceInbound } from '../../src/domain/commands.ts';
import { announceInbound } from '../../src/fulfillment/announce-inbound.ts';
import { receiveInbound } from '../../src/fulfillment/receive-inbound.ts';
import { aReceipt, aReference } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { balances } from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

function aNotice(changes: Partial<AnnounceInbound> = {}): AnnounceInbound {
  return {
    seller_id: 'acme',
    warehouse_id: 'rotterdam',
    reference: 'asn-1',
    lines: [
      { line_no: 1, sku_id: 'mug', quantity: 10 },
      { line_no: 2, sku_id: 'book', quantity: 5 },
    ],
    request_id: aReference('request'),
    ...changes,
  };
}
const announce = (changes: Partial<AnnounceInbound> = {}) =>
  announceInbound(harness.engine, aNotice(changes));
const receive = (changes: Parameters<typeof aReceipt>[0]) =>
  receiveInbound(harness.engine, aReceipt(changes));
describe('notices', () => {
  test('count units as incoming, once', async () => {
    const first = await announce();
    const again = await announce();

    expect(first).toMatchObject({ status: 'applied', state: 'open', reference: 'asn-1' });
    expect(again).toMatchObject({ status: 'duplicate', notice_id: first.notice_id });
    expect(await balances(harness)).toMatchObject({ incoming: 10, on_hand: 0 });
    const copies = Array.from({ length: 5 }, () => announce({ reference: 'asn-2' }));
    const results = await Promise.all(copies);
    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    expect(await balances(harness)).toMatchObject({ incoming: 20 });
  });

  test('refuse another body, unknown names, other sellers’ SKUs and repeated lines', async () => {
    await announce();
    const line = { line_no: 1, sku_id: 'mug', quantity: 1 };
    const refusals: [Partial<AnnounceInbound>, string, string][] = [
      [{ lines: [line] }, 'event_conflict', '/reference'],
      [{ reference: 'x', warehouse_id: 'atlantis' }, 'unknown_reference', '/warehouse_id'],
      [
        { reference: 'x', lines: [{ ...line, sku_id: 'no' }] },
        'unknown_reference',
        '/lines/0/sku_id',
      ],
      [{ reference: 'x', seller_id: 'globex' }, 'unknown_reference', '/lines/0/sku_id'],
      [{ reference: 'x', lines: [line, line] }, 'invalid_request', '/lines/1/line_no'],
    ];

    for (const [changes, code, pointer] of refusals) {
      const faults = [expect.objectContaining({ pointer })];
      await expect(announce(changes)).rejects.toMatchObject({
        code,
        faults: expect.arrayContaining(faults),
      });
    }
    expect(await balances(harness)).toMatchObject({ incoming: 10 });
  });
});

describe('receipts', () => {
  test('come in parts; what was expected stops being incoming as it is counted', async () => {
    await announce();

    const part = await receive({
      notice_reference: 'asn-1',
      lines: [{ sku_id: 'mug', quantity: 6, damaged: 1, quarantined: 1 }],
    });
    const rest = await receive({
      notice_reference: 'asn-1',
      lines: [
        { sku_id: 'mug', quantity: 5 },
        { sku_id: 'book', quantity: 5 },
      ],
    });

    expect(part.notice).toEqual({ reference: 'asn-1', state: 'open' });
    expect(rest.notice).toEqual({ reference: 'asn-1', state: 'received' });
    expect(rest.lines[0]).toMatchObject({ sku_id: 'mug', over: 3, unannounced: false });
    expect(await balances(harness)).toEqual({
      ...{ on_hand: 11, reserved: 0, picked: 0, damaged: 1, quarantined: 1, incoming: 0 },
    });
    const lines = await harness.owner.selectFrom('inbound_lines').selectAll().execute();
    expect(lines).toMatchObject([
      { expected: 10, received: 13, damaged: 1 },
      { expected: 5, received: 5 },
    ]);
  });

  test('close a notice when final: what is missing is incoming no more', async () => {
    await announce();

    const receipt = await receive({
      notice_reference: 'asn-1',
      final: true,
      lines: [{ sku_id: 'mug', quantity: 8 }],
    });
    await receive({ notice_reference: 'asn-1', lines: [{ sku_id: 'mug', quantity: 2 }] });

    expect(receipt.notice!.state).toBe('received');
    expect(receipt.missing).toEqual([
      { line_no: 1, sku_id: 'mug', quantity: 2 },
      { line_no: 2, sku_id: 'book', quantity: 5 },
    ]);
    expect(await balances(harness)).toMatchObject({ on_hand: 10, incoming: 0 });
    expect(await balances(harness, 'book')).toMatchObject({ on_hand: 0, incoming: 0 });
  });

  test('count once and answer the same, also when copies come at once', async () => {
    const receipt = aReceipt({ lines: [{ sku_id: 'mug', quantity: 7 }] });

    const copies = Array.from({ length: 6 }, () => receiveInbound(harness.engine, receipt));
    const results = await Promise.all(copies);

    expect(results.filter((r) => r.status === 'applied')).toHaveLength(1);
    const answers = results.map(({ status: _, ...answer }) => JSON.stringify(answer));
    expect(new Set(answers).size).toBe(1);
    expect(await balances(harness)).toMatchObject({ on_hand: 7 });
    await expect(
      receiveInbound(harness.engine, { ...receipt, lines: [{ sku_id: 'mug', quantity: 8 }] }),
    ).rejects.toMatchObject({ code: 'event_conflict' });
  });

  test('keep lots apart, each with its one last day of use', async () => {
    const lot = { sku_id: 'tea', lot: 'A', expires_on: '2027-01-31' };
    await receive({ lines: [{ ...lot, quantity: 3 }] });
    await receive({
      lines: [
        { ...lot, quantity: 2 },
        { ...lot, lot: 'B', quantity: 1 },
      ],
    });

    const refused: [object, string][] = [
      [{ ...lot, expires_on: '2027-02-01', quantity: 1 }, '/lines/0/expires_on'],
      [{ ...lot, expires_on: '2027-02-30', lot: 'C', quantity: 1 }, '/lines/0/expires_on'],
    ];
    for (const [line, pointer] of refused) {
      await expect(receive({ lines: [line as never] })).rejects.toMatchObject({
        code: 'invalid_request',
        faults: [expect.objectContaining({ pointer })],
      });
    }

    const lots = await harness.owner
      .selectFrom('stock')
      .select(['lot', 'expires_on', 'on_hand'])
      .orderBy('lot')
      .execute();
    expect(lots).toEqual([
      { lot: 'A', expires_on: '2027-01-31', on_hand: 5 },
      { lot: 'B', expires_on: '2027-01-31', on_hand: 1 },
    ]);
  });

  test('give an announced lot its date when it is counted', async () => {
    const lines = [{ line_no: 1, sku_id: 'tea', lot: 'A', quantity: 3 }];
    await announce({ lines });

    await receive({
      notice_reference: 'asn-1',
      lines: [{ sku_id: 'tea', lot: 'A', expires_on: '2027-01-31', quantity: 3 }],
    });

    const lot = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(lot).toMatchObject({ on_hand: 3, incoming: 0, expires_on: '2027-01-31' });
  });

  test('refuse unknown SKUs and notices with their place, and count nothing', async () => {
    const lines = [
      { sku_id: 'mug', quantity: 1 },
      { sku_id: 'unicorn', quantity: 1 },
    ];
    await expect(receive({ lines })).rejects.toMatchObject({
      code: 'unknown_reference',
      faults: [{ pointer: '/lines/1/sku_id', detail: expect.stringContaining('unicorn') }],
    });
    await expect(receive({ notice_reference: 'nope' })).rejects.toMatchObject({
      code: 'unknown_reference',
      faults: [expect.objectContaining({ pointer: '/notice_reference' })],
    });
    expect(await balances(harness)).toMatchObject({ on_hand: 0 });
  });

  test('take ten thousand lines in one go', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ sku_id: 'tea', lot: `lot-${i}`, expires_on: '2027-01-31', quantity: 2 },
    }));

    await receive({ lines });

    expect(await balances(harness, 'tea')).toMatchObject({ on_hand: 20_000 });
  });
});
