/** Shipments and their units: states only go on, orders follow, units are conserved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchReceipt, outstanding } from '../../src/domain/inbound.ts';
import { furtherState, SHIPMENT_RANK, settleOrder } from '../../src/domain/shipment.ts';
import {
  type HeldUnits,
  missUnits,
  openUnitBook,
  pickUnits,
  releaseUnits,
  shipUnits,
  type UnitBook,
} from '../../src/domain/units.ts';

const SEED = Number(process.env.PORTOLAN_TEST_SEED ?? Date.now() % 1_000_000);

describe('a shipment’s state', () => {
  test('goes on, never back', () => {
    expect(furtherState('packed', 'picked')).toBe('packed');
    expect(furtherState('picked', 'handed_over')).toBe('handed_over');
    expect(furtherState('lost', 'delivered')).toBe('lost');
    expect(SHIPMENT_RANK.planned).toBe(0);
  });
});

describe('an order', () => {
  const progress = { units_wanted: 3, units_shipped: 3, shipments_open: 1, shipments_failed: 0 };
  const cases: [string, Parameters<typeof settleOrder>, string[]][] = [
    ['ships with its last unit', ['decided', progress], ['shipped']],
    ['waits for units', ['decided', { ...progress, units_shipped: 2 }], []],
    [
      'delivers with its last shipment',
      ['shipped', { ...progress, shipments_open: 0 }],
      ['delivered'],
    ],
    [
      'ships and delivers at once',
      ['decided', { ...progress, shipments_open: 0 }],
      ['shipped', 'delivered'],
    ],
    [
      'fails when something was lost',
      ['shipped', { ...progress, shipments_open: 0, shipments_failed: 1 }],
      ['failed'],
    ],
    ['stays while units want a decision', ['accepted', { ...progress, shipments_open: 0 }], []],
    ['stays at its end', ['delivered', { ...progress, shipments_open: 0 }], []],
  ];
  test.each(cases)('%s', (_, args, moves) => {
    expect(settleOrder(...args)).toEqual(moves);
  });
});

const rows = fc.array(
  fc.record({ line_no: fc.integer({ min: 1, max: 3 }), quantity: fc.integer({ min: 1, max: 9 }) }),
  { minLength: 1, maxLength: 6 },
);
const acts = fc.array(
  fc.oneof(
    fc.constant({ act: 'pick' as const, found: [] as number[] }),
    fc.record({ act: fc.constant('miss' as const), found: fc.array(fc.nat(12), { maxLength: 3 }) }),
  ),
  { maxLength: 5 },
);

function open(units: readonly { line_no: number; quantity: number }[]): UnitBook {
  return openUnitBook(
    units.map(({ line_no, quantity }, i) => ({
      ...{ reservation_id: i, stock_id: i % 3, order_id: 'o', shipment_id: 's', line_no },
      ...{ sku_id: `sku-${line_no}`, quantity, picked: 0, state: 'open' as const },
    })),
  );
}

const total = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((sum, item) => sum + of(item), 0);

describe('units on their way out', () => {
  test(`are conserved whatever is done to them (seed ${SEED})`, () => {
    fc.assert(
      fc.property(rows, acts, fc.constantFrom('ship', 'release', 'stay'), (units, done, end) => {
        const book = open(units);
        const before = total(units, (row) => row.quantity);
        let missing = 0;
        for (const { act, found } of done) {
          const counts = new Map(found.map((n, i) => [i + 1, n] as const));
          if (act === 'pick') pickUnits(book, 's');
          else missing += total(missUnits(book, 's', counts), (miss) => miss.quantity);
        }
        const shipped = end === 'ship' ? shipUnits(book, 's') : 0;
        if (end === 'release') releaseUnits(book, 's');
        checkBooks(book, { before, missing, shipped });
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('are missing once, however often it is said', () => {
    const book = open([{ line_no: 1, quantity: 5 }]);

    const first = missUnits(book, 's', new Map([[1, 2]]));
    const again = missUnits(book, 's', new Map([[1, 2]]));

    expect(first).toEqual([{ line_no: 1, sku_id: 'sku-1', quantity: 3 }]);
    expect(again).toEqual([]);
  });
});

function checkBooks(
  book: UnitBook,
  { before, missing, shipped }: { before: number; missing: number; shipped: number },
): void {
  const held = [...book.held.values()].flat();
  const open = held.filter((row) => row.state === 'open');
  const reserved = before + total(book.entries, (entry) => entry.reserved ?? 0);
  const picked = total(book.entries, (entry) => entry.picked ?? 0);
  const on_hand = total(book.entries, (entry) => entry.on_hand ?? 0);
  expect(reserved).toBe(total(open, (row) => row.quantity));
  expect(picked).toBe(total(open, (row) => row.picked));
  expect(on_hand + missing + shipped).toBe(0);
  const rowsOf = (units: readonly Pick<HeldUnits, 'quantity'>[]) => total(units, (r) => r.quantity);
  expect(rowsOf(held) + rowsOf(book.splits)).toBe(before);
  expect(total(book.lines, (line) => line.shipped)).toBe(shipped);
  for (const row of held) expect(row.picked).toBeLessThanOrEqual(row.quantity);
}

describe('counting a receipt against its notice', () => {
  const noticed = fc.uniqueArray(
    fc.record({
      line_no: fc.integer({ min: 1, max: 9 }),
      sku_id: fc.constantFrom('a', 'b'),
      lot: fc.constantFrom('', 'x'),
      expected: fc.integer({ min: 1, max: 9 }),
    }),
    { selector: (line) => line.line_no, maxLength: 5 },
  );
  const counted = fc.array(
    fc.record({
      sku_id: fc.constantFrom('a', 'b', 'c'),
      lot: fc.constantFrom('', 'x', 'y'),
      quantity: fc.nat(9),
      damaged: fc.nat(3),
      quarantined: fc.nat(3),
    }),
    { maxLength: 6 },
  );

  test(`counts every unit once, and what is expected stops being incoming (seed ${SEED})`, () => {
    fc.assert(
      fc.property(noticed, counted, (announced, counts) => {
        const notice = announced.map((line) => ({ ...line, received: 0, damaged: 0 }));
        const { lines, arrived } = matchReceipt(notice, counts);
        const units = total(counts, (c) => c.quantity + c.damaged + c.quarantined);
        const over = total(lines, (line) => line.over);
        const came = total(arrived, (a) => a.quantity);
        expect(came + over).toBe(units);
        expect(came + total(notice, outstanding)).toBe(total(notice, (line) => line.expected));
        const strangers = counts.filter((_, i) => lines[i]!.unannounced);
        const unannounced = total(strangers, (c) => c.quantity + c.damaged + c.quarantined);
        expect(total(notice, (line) => line.received)).toBe(units - unannounced);
        for (const line of notice) expect(line.damaged).toBeLessThanOrEqual(line.received);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
