/** Which media type of an answer a caller likes best. */

/** A range of media types that a caller takes, and how much it likes them, from 0 (not) to 1. */
interface Range {
  readonly range: string;
  readonly weight: number;
}

/**
 * The offer that a header `Accept` likes best (RFC 9110, section 12.5.1): the narrowest range that holds
 * an offer tells its weight, and of equals the first offer wins. Who accepts none of them gets the first,
 * as who says nothing does: an answer can be thrown away, and a refusal helps nobody.
 */
export function preferredType<const T extends string>(
  accept: string | undefined,
  offers: readonly [T, ...T[]],
): T {
  const ranges = (accept ?? '*/*').split(',').map(readRange);
  let best = offers[0];
  let most = 0;
  for (const offer of offers) {
    const weight = weightOf(offer, ranges);
    if (weight > most) [best, most] = [offer, weight];
  }
  return best;
}

function weightOf(offer: string, ranges: readonly Range[]): number {
  const wider = [offer, offer.replace(/\/.*/, '/*'), '*/*'];
  const found = wider.map((name) => ranges.find(({ range }) => range === name));
  return found.find((range) => range !== undefined)?.weight ?? 0;
}

function readRange(text: string): Range {
  const [range, ...parameters] = text
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const given = parameters.find((part) => part.startsWith('q='))?.slice(2);
  const weight = given === undefined ? 1 : Number(given);
  return { range: range!, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
