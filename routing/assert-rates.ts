/** What prices and times in transit of a network document must be. */
import {
  assertAmount,
  assertEach,
  assertList,
  assertObject,
  fault,
  MONEY,
  within,
} from './assert-field.ts';
import type { RateCardInput, RateInput, TransitTimeInput } from './types.ts';

const PRICE = `${MONEY}, at least 0`;

/** Checks rate cards. O(cells). @throws RangeError that names the field. */
export function assertRateCards(cards: readonly RateCardInput[]): void {
  assertEach(cards, 'rate_cards', (card) => {
    assertBreaks(card.weight_breaks_grams);
    assertObject(card.rates, 'rates', 'rates by rate area');
    try {
      for (const area in card.rates) assertArea(card.rates[area]!, area, card.weight_breaks_grams);
    } catch (error) {
      throw within('rates', error);
    }
    // 0 counts no volume.
    assertAmount(card.cm3_per_kg ?? 0, 'cm3_per_kg', 'cubic centimetres');
    assertAmount(card.fuel_percent ?? 0, 'fuel_percent', 'percent');
    assertAmount(card.remote_surcharge ?? 0, 'remote_surcharge', MONEY);
  });
}

function assertBreaks(breaks: readonly number[]): void {
  assertList(breaks, 'weight_breaks_grams', 'grams');
  for (let i = 0, least = 0; i < breaks.length; i++) {
    const grams = breaks[i]!;
    if (!(grams > least && Number.isFinite(grams))) {
      throw fault(`weight_breaks_grams[${i}]`, grams, `grams, more than ${least}`);
    }
    least = grams;
  }
}

function assertArea(
  rates: readonly (RateInput | null)[],
  area: string,
  breaks: readonly number[],
): void {
  assertList(rates, area, 'rates');
  if (rates.length !== breaks.length) {
    throw fault(area, rates, `${breaks.length} rates, one for each weight break`);
  }
  for (let band = 0; band < rates.length; band++) {
    const rate = rates[band];
    if (rate === null) continue;
    if (!isRate(rate)) throw faultOfRate(rate, `${area}[${band}]`);
  }
}

const isMoney = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;

const isRate = (rate: RateInput | undefined): boolean =>
  typeof rate === 'object' &&
  isMoney(rate.base) &&
  isMoney(rate.per_kg ?? 0) &&
  isMoney(rate.minimum ?? 0);

/** Which part of a rate is none. */
function faultOfRate(rate: RateInput | undefined, field: string): RangeError {
  if (typeof rate !== 'object') return fault(field, rate, 'a rate, or null where nothing is sold');
  const { base, per_kg, minimum } = rate;
  if (!isMoney(base)) return fault(`${field}.base`, base, PRICE);
  if (!isMoney(per_kg ?? 0)) return fault(`${field}.per_kg`, per_kg, PRICE);
  return fault(`${field}.minimum`, minimum, PRICE);
}

/**
 * Checks distributions, which do not fall. O(points).
 *
 * @throws RangeError that names the field.
 */
export function assertTransitTimes(tables: readonly TransitTimeInput[]): void {
  assertEach(tables, 'transit_times', ({ quantiles, learned }) => {
    assertList(quantiles, 'quantiles', 'points');
    if (quantiles.length === 0) throw fault('quantiles', quantiles, 'at least 1 point');
    let [least, soonest] = [0, 0];
    for (let i = 0; i < quantiles.length; i++) {
      const [probability, seconds] = pointAt(quantiles, i);
      if (!(probability >= least && probability <= 1)) {
        throw fault(`quantiles[${i}][0]`, probability, `a probability from ${least} to 1`);
      }
      if (!(seconds >= soonest && Number.isFinite(seconds))) {
        throw fault(`quantiles[${i}][1]`, seconds, `seconds, at least ${soonest}`);
      }
      [least, soonest] = [probability, seconds];
    }
    if (learned) assertLearned(learned, quantiles.length);
  });
}

function pointAt(quantiles: TransitTimeInput['quantiles'], i: number): readonly [number, number] {
  const point = quantiles[i]!;
  if (Array.isArray(point)) return point as unknown as readonly [number, number];
  throw fault(`quantiles[${i}]`, point, '[probability, seconds]');
}

function assertLearned(
  { transit_seconds, stretch }: NonNullable<TransitTimeInput['learned']>,
  points: number,
): void {
  const of = { transit_seconds, stretch };
  for (const [name, list] of Object.entries(of)) {
    assertEach(list, `learned.${name}`, (value) => assertAmount(value, '', 'a number'));
    if (list.length !== points)
      throw fault(`learned.${name}`, list, `one for each of ${points} points`);
  }
}
