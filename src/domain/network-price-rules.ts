/** Rules on numbers: rate cards fit their weight bands, transit times ascend and reach the promise. */
import type { RateCard, TransitTime } from './network.ts';
import { type FaultList, pointerSegment, shown } from './network-faults.ts';
import type { CheckedNetwork } from './network-tables.ts';

const MAX_CODE_LENGTH = 64;

/** Currency, rate cards, transit times. O(cells + points). */
export function checkPrices(network: CheckedNetwork, faults: FaultList): void {
  const { currency, policy } = network;
  if (currency !== null && !Intl.supportedValuesOf('currency').includes(currency)) {
    faults.add('/currency', `got ${shown(currency)}, expected an ISO 4217 code such as KRW`);
  }
  network.rate_cards.rows.forEach((card, index) => {
    if (card !== null) checkCard(card, `/rate_cards/${index}`, faults);
  });
  network.transit_times.rows.forEach((time, index) => {
    if (time !== null)
      checkTransit(time, policy?.confidence ?? 0, `/transit_times/${index}`, faults);
  });
}

function checkCard(card: RateCard, pointer: string, faults: FaultList): void {
  const breaks = card.weight_breaks_grams;
  breaks.forEach((grams, index) => {
    const before = breaks[index - 1];
    if (before === undefined || grams > before) return;
    const at = `${pointer}/weight_breaks_grams/${index}`;
    faults.add(at, `got ${grams}, expected more than ${before}: breaks ascend`);
  });
  const areas = Object.entries(card.rates);
  if (areas.length === 0) faults.add(`${pointer}/rates`, 'got no rate area, expected one or more');
  for (const [area, rates] of areas) {
    const at = `${pointer}/rates/${pointerSegment(area)}`;
    if (area.length > MAX_CODE_LENGTH) {
      faults.add(
        at,
        `got a name of ${area.length} characters, expected ${MAX_CODE_LENGTH} at most`,
      );
    }
    if (rates.length !== breaks.length) {
      faults.add(at, `got ${rates.length} rates, expected one per weight break: ${breaks.length}`);
    }
  }
}

/**
 * Points ascend in both probability and seconds. A table of several points must reach the policy's
 * confidence: a promise may not be stated surer than the data it comes from. One point is a fixed time.
 */
function checkTransit(
  time: TransitTime,
  confidence: number,
  pointer: string,
  faults: FaultList,
): void {
  const points = time.quantiles;
  points.forEach(([probability, seconds], index) => {
    const before = points[index - 1];
    if (before === undefined) return;
    const at = `${pointer}/quantiles/${index}`;
    if (probability <= before[0]) {
      faults.add(`${at}/0`, `got ${probability}, expected more than ${before[0]}: points ascend`);
    }
    if (seconds < before[1]) {
      faults.add(`${at}/1`, `got ${seconds}, expected ${before[1]} or more: points ascend`);
    }
  });
  const last = points.at(-1)!;
  if (points.length > 1 && last[0] < confidence) {
    const detail = `got ${last[0]} as the last probability, expected the policy's ${confidence} or more`;
    faults.add(`${pointer}/quantiles/${points.length - 1}/0`, detail);
  }
}
