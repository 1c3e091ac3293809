/**
 * Rate rows with gaps and overlaps as the bands of one rate card: for each weight the cheapest row
 * that holds it, nothing where none does.
 *
 *   rows    |---- 1 $/kg, at least 20 $ ----|        |-- 2 $/kg --|
 *               |-- 3 $/kg, at least 5 $ --|
 *   bands   | 1 |  2nd  |      1st        |1| (gap) |    3rd      |
 *
 * Weights are whole milligrams here, as in the engine. O(rows² log rows) for one card.
 */
import type { BrunelRate } from './tables.ts';

type Priced = Pick<BrunelRate, 'minimum_kg' | 'maximum_kg' | 'minimum_usd' | 'usd_per_kg'>;

/** Weights up to and including `to_milligrams`, above those of the band before. */
export interface Band<R extends Priced = BrunelRate> {
  readonly to_milligrams: number;
  readonly rate: R | null;
}

const MILLIGRAMS_PER_KG = 1e6;
/** A band's end given in kilograms may miss its whole milligram by the noise of binary fractions. */
const NOISE = 1e-4;

const firstMilligram = (rate: Priced) => Math.ceil(rate.minimum_kg * MILLIGRAMS_PER_KG - NOISE);
const lastMilligram = (rate: Priced) => Math.floor(rate.maximum_kg * MILLIGRAMS_PER_KG + NOISE);

/** What a row charges for a weight that it holds. */
function priceOf(rate: Priced, milligrams: number): number {
  return Math.max(rate.minimum_usd, (rate.usd_per_kg * milligrams) / MILLIGRAMS_PER_KG);
}

/** The bands, ascending; neighbours differ. Weights above the last one are not sold. */
export function cheapestBands<R extends Priced>(rates: readonly R[]): Band<R>[] {
  const ends = new Set<number>();
  for (const rate of rates) {
    ends.add(firstMilligram(rate) - 1).add(lastMilligram(rate));
    for (const other of rates) {
      // Two rows change places only where the minimum of one meets the slope of the other.
      const meet = Math.floor((rate.minimum_usd / other.usd_per_kg) * MILLIGRAMS_PER_KG);
      if (meet >= firstMilligram(other) && meet < lastMilligram(other)) ends.add(meet);
    }
  }
  const bands: Band<R>[] = [];
  let from = 0;
  for (const to_milligrams of [...ends].filter((end) => end >= 0).sort((a, b) => a - b)) {
    const rate = cheapestIn(rates, from, to_milligrams);
    const last = bands.at(-1);
    if (last !== undefined && last.rate === rate) bands[bands.length - 1] = { to_milligrams, rate };
    else bands.push({ to_milligrams, rate });
    from = to_milligrams + 1;
  }
  // A card's first break is above zero: a band of weight zero alone widens to half a milligram.
  return bands.map((band) => (band.to_milligrams === 0 ? { ...band, to_milligrams: 0.5 } : band));
}

/** The cheapest row over an interval in which no two rows change places and none begins or ends. */
function cheapestIn<R extends Priced>(rates: readonly R[], from: number, to: number): R | null {
  const middle = (from + to) / 2;
  let best: R | null = null;
  for (const rate of rates) {
    if (firstMilligram(rate) > from || lastMilligram(rate) < to) continue;
    if (best === null || priceOf(rate, middle) < priceOf(best, middle)) best = rate;
  }
  return best;
}
