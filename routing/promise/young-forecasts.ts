/**
 * What young forecasts are wrong by. Of a service's first parcels the quick ones have arrived and the slow
 * ones have not, so what they teach is too quick; and what was published may be wrong altogether. Too few
 * have ended to tell the tail, but one factor on all times needs few: the one with which as many would have
 * ended by now, by the forecasts, as did (ends observed over ends expected: Andersen et al., Statistical
 * Models Based on Counting Processes, 1993, section IV.1). Who is on the way counts until now, so there is
 * nothing to wait for.
 */
import { hazardBy } from './hazard.ts';

/** Ends, seen or expected, that weigh as much as the parent. */
const SHRINK_COUNT = 5;
/** Times are not longer or shorter by more than this, as a logarithm. */
const MOST = 2;
/** Halvings of the range until a hundredth is sure; sketches tell times to four. */
const HALVINGS = 9;
/** Who is later than this by the forecast is stuck or lost, and watched no longer: the hazard until then. */
const WATCHED = -Math.log1p(-0.95);

/** A journey against its forecast: how long it took, or has taken so far. */
export interface Young {
  /** Logarithm of seconds. */
  readonly log: number;
  readonly forecast: { readonly log_seconds: readonly number[] };
  /** Whether it ended then. */
  readonly reached: boolean;
  readonly weight: number;
  /** Whether next to nothing was known at its start; its forecast is made anew. */
  readonly isEarly: boolean;
}

/**
 * Logarithms by which times at `LEVELS` are longer than forecast, as far as young forecasts tell: w of one
 * factor for all levels, 1 − w of the parent's offsets. w is n / (n + k), n the ends, seen or expected, in
 * units of the heaviest, times the share of the journeys that are early: forecasts that rest on many need no
 * factor. O(journeys × levels).
 */
export function youngOffsets(journeys: readonly Young[], parent: readonly number[]): number[] {
  const early = journeys.reduce((sum, { isEarly, weight }) => sum + (isEarly ? weight : 0), 0);
  if (early === 0) return [...parent];
  const all = journeys.reduce((sum, { weight }) => sum + weight, 0);
  let [low, high] = [-MOST, MOST];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    const { expected, ended } = endsAt(journeys, middle);
    // The slower, the fewer would have ended.
    if (expected > ended) low = middle;
    else high = middle;
  }
  // Where much was expected and nothing ended, that says much.
  const asForecast = endsAt(journeys, 0);
  const heaviest = journeys.reduce((most, { weight }) => Math.max(most, weight), 0);
  const n = Math.max(asForecast.expected, asForecast.ended) / heaviest;
  const own = ((n / (n + SHRINK_COUNT)) * early) / all;
  return parent.map((offset) => own * ((low + high) / 2) + (1 - own) * offset);
}

/** Weights of ends seen and expected while watched, were all times longer by a logarithm. */
function endsAt(journeys: readonly Young[], longer: number) {
  let [expected, ended] = [0, 0];
  for (const { log, forecast, reached, weight } of journeys) {
    const hazard = hazardBy(forecast.log_seconds, log - longer);
    expected += weight * Math.min(WATCHED, hazard);
    if (reached && hazard < WATCHED) ended += weight;
  }
  return { expected, ended };
}
