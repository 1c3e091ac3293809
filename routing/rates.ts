/**
 * Rate cards as flat arrays, fuel already multiplied in. Weights are counted in whole milligrams
 * and volumes in cubic millimetres, so sums over lines do not depend on their order.
 */
import type { RateCardInput } from './types.ts';

/** All rate cards; a row is one (card, rate area), a cell of it one weight band. */
export interface RateTable {
  readonly cardOf: ReadonlyMap<string, number>;
  /** Bands of card c: `breaks[breakStart[c]] … breaks[breakStart[c + 1] - 1]`, milligrams. */
  readonly breakStart: Int32Array;
  readonly breaks: Float64Array;
  readonly cm3PerKg: Float64Array;
  readonly remoteSurcharge: Float64Array;
  /** First cell of each (card, area). */
  readonly rowOf: readonly ReadonlyMap<string, number>[];
  readonly base: Float64Array;
  readonly perKg: Float64Array;
  readonly minimum: Float64Array;
  /** Weights (milligrams, ascending, 0 first) above which price floors are kept. */
  readonly floorAbove: Float64Array;
  /** Largest volume a card counts as a kilogram; 0 if one counts none. */
  readonly loosestCm3PerKg: number;
}

/** Most weights that price floors are kept for. */
const MOST_FLOORS = 16;

/** Rounds half up to a whole minor unit; the small term absorbs the noise of binary fractions. O(1). */
export function roundMoney(amount: number): number {
  return Math.floor(amount + 0.5 + 1e-7);
}

/** Milligrams of a weight in grams. O(1). */
export function toMilligrams(grams: number): number {
  return Math.round(grams * 1000);
}

/** Flattens rate cards. O(cells). */
export function compileRates(cards: readonly RateCardInput[]): RateTable {
  const breakStart = new Int32Array(cards.length + 1);
  const breaks: number[] = [];
  const cells = { base: [] as number[], perKg: [] as number[], minimum: [] as number[] };
  const rowOf = cards.map((card, c) => {
    for (const grams of card.weight_breaks_grams) breaks.push(toMilligrams(grams));
    breakStart[c + 1] = breaks.length;
    return compileCard(card, cells);
  });
  return {
    cardOf: new Map(cards.map((card, c) => [card.id, c])),
    breakStart,
    breaks: Float64Array.from(breaks),
    cm3PerKg: Float64Array.from(cards, (card) => card.cm3_per_kg ?? 0),
    remoteSurcharge: Float64Array.from(cards, (card) => card.remote_surcharge ?? 0),
    rowOf,
    base: Float64Array.from(cells.base),
    perKg: Float64Array.from(cells.perKg),
    minimum: Float64Array.from(cells.minimum),
    floorAbove: floorWeights(breaks),
    loosestCm3PerKg: cards.some((card) => !card.cm3_per_kg)
      ? 0
      : cards.reduce((most, card) => Math.max(most, card.cm3_per_kg!), 0),
  };
}

/** The distinct breaks, or so many of them evenly, from 0 on. */
function floorWeights(breaks: readonly number[]): Float64Array {
  const all = [...new Set([0, ...breaks])].sort((a, b) => a - b);
  const step = Math.ceil(all.length / MOST_FLOORS);
  return Float64Array.from(all.filter((_, i) => i % step === 0));
}

function compileCard(
  card: RateCardInput,
  cells: { base: number[]; perKg: number[]; minimum: number[] },
): Map<string, number> {
  const fuel = 1 + (card.fuel_percent ?? 0) / 100;
  const rows = new Map<string, number>();
  for (const [area, rates] of Object.entries(card.rates)) {
    rows.set(area, cells.base.length);
    for (let band = 0; band < card.weight_breaks_grams.length; band++) {
      const rate = rates[band] ?? null;
      // A band that is not sold costs infinitely much.
      cells.base.push(rate === null ? Number.POSITIVE_INFINITY : rate.base * fuel);
      cells.perKg.push((rate?.per_kg ?? 0) * fuel);
      cells.minimum.push((rate?.minimum ?? 0) * fuel);
    }
  }
  return rows;
}

/** Weight the card bills, milligrams: actual or dimensional, whichever is more. O(1). */
export function billedMilligrams(table: RateTable, card: number, mg: number, mm3: number): number {
  const divisor = table.cm3PerKg[card]!;
  return divisor > 0 ? Math.max(mg, Math.round((mm3 * 1000) / divisor)) : mg;
}

/** Freight of one parcel, minor units, rounded; Infinity where the card does not sell it. O(bands). */
export function freightOf(
  table: RateTable,
  card: number,
  row: number,
  mg: number,
  mm3: number,
  remote: boolean,
): number {
  const divisor = table.cm3PerKg[card]!;
  let billed = mg;
  if (divisor > 0) {
    const dimensional = Math.round((mm3 * 1000) / divisor);
    if (dimensional > billed) billed = dimensional;
  }
  const first = table.breakStart[card]!;
  const end = table.breakStart[card + 1]!;
  let band = first;
  while (band < end && table.breaks[band]! < billed) band++;
  if (band === end) return Number.POSITIVE_INFINITY;
  const cell = row + band - first;
  let price = table.base[cell]! + (table.perKg[cell]! * billed) / 1e6;
  if (price < table.minimum[cell]!) price = table.minimum[cell]!;
  return roundMoney(remote ? price + table.remoteSurcharge[card]! : price);
}

/**
 * Place in `floorAbove` of a parcel: the last weight below what any card bills at least. O(weights), 16
 * at most.
 */
export function floorIndex(table: RateTable, mg: number, mm3: number): number {
  const divisor = table.loosestCm3PerKg;
  const billed = divisor > 0 ? Math.max(mg, Math.round((mm3 * 1000) / divisor)) : mg;
  let i = 0;
  while (i + 1 < table.floorAbove.length && table.floorAbove[i + 1]! < billed) i++;
  return i;
}

/** Least freight by one rate row of any parcel billed more than `above` milligrams, rounded. O(bands). */
export function freightFloor(
  table: RateTable,
  card: number,
  row: number,
  above: number,
  remote: boolean,
): number {
  const first = table.breakStart[card]!;
  let least = Number.POSITIVE_INFINITY;
  for (let band = first; band < table.breakStart[card + 1]!; band++) {
    const to = table.breaks[band]!;
    if (to <= above) continue;
    const from = Math.max(above, band === first ? 0 : table.breaks[band - 1]!);
    const cell = row + band - first;
    const [base, perKg] = [table.base[cell]!, table.perKg[cell]!];
    const price = Math.min(base + (perKg * from) / 1e6, base + (perKg * to) / 1e6);
    least = Math.min(least, Math.max(price, table.minimum[cell]!));
  }
  return roundMoney(remote ? least + table.remoteSurcharge[card]! : least);
}
