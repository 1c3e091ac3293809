/** Orders and budgets that mean nothing are refused by the field, whatever they are asked for. */
import { describe, expect, it } from 'vitest';
import {
  compileNetwork,
  explainRefusal,
  indexPrices,
  openBoard,
  quoteOptions,
  type SourcingOrder,
  source,
  sourceAtPrices,
  type WorkBudget,
} from '../../routing/index.ts';
import { numbersIn, thrownBy, withField } from './broken.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY } from './small-world.ts';

const SEED = seedOf(37);
const SHAPE = { warehouses: 3, services: 3, skus: 3, lines: 3, scarce: false };
const { network, stock, capacity } = aWorld(SEED, SHAPE);
const compiled = compileNetwork(network, { from_seconds: MONDAY });
const board = openBoard(compiled, stock, capacity);
const sound: SourcingOrder = {
  at_seconds: MONDAY,
  destination: { country: 'DE', postal_code: '10115', position: [13.4, 52.5] },
  deliver_by_seconds: MONDAY + 5 * 86_400,
  split_limit: 2,
  lines: [
    { line_no: 1, sku_id: 'S0', quantity: 1, weight_grams: 500 },
    { line_no: 2, sku_id: 'S1', quantity: 1 },
  ],
};
const decide = (order: SourcingOrder) => source(compiled, board, order, { work: 1e5 });

const BROKEN: readonly (readonly [field: string, got: unknown, told: string])[] = [
  ['at_seconds', undefined, 'got undefined, expected epoch seconds'],
  ['at_seconds', '2026-03-23', 'got "2026-03-23", expected epoch seconds'],
  ['at_seconds', MONDAY * 1000, 'got 1774254600000, expected epoch seconds, not milliseconds'],
  ['deliver_by_seconds', NaN, 'got NaN, expected epoch seconds'],
  ['deliver_by_seconds', MONDAY * 1000, 'got 1774254600000, expected epoch seconds, not'],
  ['split_limit', NaN, 'got NaN, expected a whole number of parcels'],
  ['split_limit', 1.5, 'got 1.5, expected a whole number of parcels'],
  ['destination', undefined, 'got undefined, expected a country and a postal code'],
  ['destination.country', undefined, 'got undefined, expected a text, not empty'],
  ['destination.postal_code', 10115, 'got 10115, expected a text'],
  ['destination.position', [52.5], 'got a list of 1, expected [lon, lat] in degrees'],
  ['lines', undefined, 'got undefined, expected a list of rows'],
  ['lines', [], 'got 0, expected at least 1'],
  ['lines[1]', undefined, 'got undefined, expected a row'],
  ['lines[1].line_no', 1, 'got 1, expected a number of its own'],
  ['lines[1].quantity', 0, 'got 0, expected a whole number of units, at least 1'],
  ['lines[0].weight_grams', -1, 'got -1, expected grams, at least 0'],
];

const BUDGETS: readonly (readonly [budget: unknown, told: string])[] = [
  [undefined, 'budget: got undefined, expected the work that a decision may do'],
  [{}, 'budget.work: got undefined, expected a number of steps'],
  [{ work: Number.NaN }, 'budget.work: got NaN, expected a number of steps'],
  [{ work: 1, should_stop: true }, 'budget.should_stop: got true, expected a function'],
];

describe('an order', () => {
  it.each(BROKEN)('with %s %j is refused: %s', (field, got, told) => {
    const error = thrownBy(() => decide(withField(sound, field, got)));
    expect(error).toBeInstanceOf(RangeError);
    const { message } = error as RangeError;
    expect(message.slice(0, field.length + 2 + told.length)).toBe(`${field}: ${told}`);
  });

  it('outside of the calendars is refused, not unsourced', () => {
    for (const days of [-3, 24]) {
      const at_seconds = MONDAY + days * 86_400;
      const told = `at_seconds: got ${at_seconds}, expected an instant in the network's calendars`;
      expect(() => decide({ ...sound, at_seconds })).toThrow(told);
    }
    expect(() => decide({ ...sound, at_seconds: MONDAY - 86_400 })).not.toThrow();
    expect(() => decide({ ...sound, at_seconds: MONDAY + 20 * 86_400 })).not.toThrow();
  });

  it('that is none is refused', () => {
    expect(() => decide(undefined as never)).toThrow('order: got undefined, expected an order');
  });

  it(`is refused if one of its instants, quantities or weights is none (seeds from ${SEED})`, () => {
    for (let seed = SEED; seed < SEED + runs(8); seed++) {
      const { order } = aWorld(seed, SHAPE);
      expect(() => decide(order)).not.toThrow();
      // Lines may be numbered by anything.
      for (const path of numbersIn(order).filter((name) => !name.endsWith('.line_no'))) {
        expect(() => decide(withField(order, path, Number.NaN)), path).toThrow(`${path}: got NaN`);
      }
    }
  });
});

describe('prices', () => {
  it('are numbers', () => {
    const stock = [{ warehouse_id: 'W0', sku_id: 'S0', price: 5 }];
    const carriers = [{ carrier_id: 'K0', price: Number.NaN }];
    expect(() => indexPrices({ stock, carriers })).toThrow(
      'carriers[0].price: got NaN, expected minor units of money',
    );
  });
});

describe('a budget', () => {
  it.each(BUDGETS)('%j is refused: %s', (budget, told) => {
    const work = budget as WorkBudget;
    expect(() => source(compiled, board, sound, work)).toThrow(told);
    expect(() => explainRefusal(compiled, board, sound, work)).toThrow(told);
    expect(() => quoteOptions(compiled, board, sound, work)).toThrow(told);
    expect(() => sourceAtPrices(compiled, board, sound, work, undefined)).toThrow(told);
  });
});
