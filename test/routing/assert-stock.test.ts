/** Boards are opened on stock and capacity that mean something, and only plans are taken off them. */
import { describe, expect, it } from 'vitest';
import {
  type CapacityUse,
  checkPlan,
  compileNetwork,
  giveBack,
  openBoard,
  orderBySeconds,
  type SourcedPlan,
  type StockPosition,
  source,
  take,
} from '../../routing/index.ts';
import { numbersIn, thrownBy, withField } from './broken.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY } from './small-world.ts';

const SEED = seedOf(31);
const SHAPE = { warehouses: 3, services: 3, skus: 3, lines: 1, scarce: true };
const { network } = aWorld(SEED, SHAPE);
const compiled = compileNetwork(network, { from_seconds: MONDAY });
const aLot = (stock_id: number): StockPosition => ({
  stock_id,
  warehouse_id: 'W0',
  sku_id: 'S0',
  available: 4,
  expires_seconds: MONDAY + 86_400,
});
const sound = {
  stock: [aLot(1), aLot(2), aLot(3)],
  capacity: [
    { resource: 'picks/W0', slot_seconds: MONDAY, used: 3 },
    { resource: 'parcels/W0', slot_seconds: MONDAY, used: 1 },
  ] as CapacityUse[],
};
const open = ({ stock, capacity } = sound) => openBoard(compiled, stock, capacity);

const BROKEN: readonly (readonly [field: string, got: unknown, told: string])[] = [
  ['stock', undefined, 'got undefined, expected a list of rows'],
  ['stock[1]', null, 'got null, expected a row'],
  ['stock[0].stock_id', '1', 'got "1", expected a whole number'],
  ['stock[0].stock_id', NaN, 'got NaN, expected a whole number'],
  ['stock[2].stock_id', 1, 'got 1, expected a lot of its own'],
  ['stock[1].available', NaN, 'got NaN, expected a whole number of units'],
  ['stock[1].available', 1.5, 'got 1.5, expected a whole number of units'],
  ['stock[1].available', undefined, 'got undefined, expected a whole number of units'],
  ['stock[1].expires_seconds', '2026-12-24', 'got "2026-12-24", expected epoch seconds'],
  ['stock[1].expires_seconds', MONDAY * 1000, 'got 1774254600000, expected epoch seconds, not'],
  ['capacity', undefined, 'got undefined, expected a list of rows'],
  ['capacity[1].resource', undefined, 'got undefined, expected a text, not empty'],
  ['capacity[1].slot_seconds', NaN, 'got NaN, expected epoch seconds'],
  ['capacity[1].slot_seconds', MONDAY * 1000, 'got 1774254600000, expected epoch seconds, not'],
  ['capacity[1].used', NaN, 'got NaN, expected a number'],
  ['capacity[1].used', '3', 'got "3", expected a number'],
];

describe('a board', () => {
  it.each(BROKEN)('is not opened with %s %j: %s', (field, got, told) => {
    const error = thrownBy(() => open(withField(sound, field, got)));
    expect(error).toBeInstanceOf(RangeError);
    const { message } = error as RangeError;
    expect(message.slice(0, field.length + 2 + told.length)).toBe(`${field}: ${told}`);
  });

  it(`is not opened whichever of the numbers is none (seeds from ${SEED})`, () => {
    for (let seed = SEED; seed < SEED + runs(8); seed++) {
      const { stock, capacity } = aWorld(seed, SHAPE);
      for (const path of numbersIn({ stock, capacity })) {
        const rows = withField({ stock, capacity }, path, Number.NaN);
        expect(() => open(rows), path).toThrow(`${path}: got NaN`);
      }
    }
  });

  it.each(BROKEN)('nor is a plan checked on %s %j: %s', (field, got, told) => {
    // The checker looks rows up as they are asked for: of two of one lot the later counts.
    if (told.includes('a lot of its own')) return;
    const { order } = aWorld(SEED, SHAPE);
    const plan = { parcels: [] } as unknown as SourcedPlan;
    const rows = withField(sound, field, got);
    expect(() => checkPlan({ network, ...rows, order, plan })).toThrow(`${field}: ${told}`);
  });

  it('passes over what the network does not know, and counts less than none as none', () => {
    const unknown = { ...aLot(1), sku_id: 'S9' };
    const stock = [unknown, { ...aLot(1), available: -3 }, { ...aLot(2), available: Infinity }];
    const capacity = [{ resource: 'doors/W0', slot_seconds: MONDAY, used: -1 }];
    expect([...open({ stock, capacity }).lotAvailable]).toEqual([0, Infinity]);
  });

  it('is opened on a compiled network only', () => {
    const { stock, capacity } = sound;
    const told = 'network: got an object, expected one that `compileNetwork` made';
    expect(() => openBoard(network as never, stock, capacity)).toThrow(told);
  });

  it('is asked and told of plans only', () => {
    const { stock, capacity, order } = aWorld(SEED, SHAPE);
    const board = openBoard(compiled, stock, capacity);
    const lines = [{ line_no: 1, sku_id: 'S9', quantity: 1 }];
    const none = source(compiled, board, { ...order, lines }, { work: 0 }) as never;
    const told = 'plan.parcels: got undefined, expected those of a plan that was found';
    expect(() => take(board, none)).toThrow(told);
    expect(() => giveBack(board, none)).toThrow(told);
    expect(() => orderBySeconds(compiled, none)).toThrow(told);
    expect(() => checkPlan({ network, stock, capacity, order, plan: none })).toThrow(told);
  });
});
