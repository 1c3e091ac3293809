/**
 * Counting goods in against a notice. Pure: what a receipt means for the notice's lines and for the
 * units that were expected. A unit is incoming until it is counted, and is counted once.
 */

/** A line of a notice as it stands. */
export interface NoticeLine {
  readonly line_no: number;
  readonly sku_id: string;
  /** The lot announced; '' = any. */
  readonly lot: string;
  readonly expected: number;
  /** Units counted so far, damaged ones included; may exceed what was expected. */
  received: number;
  damaged: number;
}

/** One posted line: sellable units, and damaged and quarantined ones beside them. */
export interface CountedLine {
  readonly sku_id: string;
  readonly lot: string;
  readonly quantity: number;
  readonly damaged: number;
  readonly quarantined: number;
}

/** What became of a counted line. */
export interface MatchedLine {
  /** Units beyond what the notice still expected; all of them where it never named the SKU. */
  readonly over: number;
  /** True when the notice does not name the SKU (or there is no notice). */
  readonly unannounced: boolean;
}

/** Units that are not incoming any more, by the lot that they were announced under. */
export interface ArrivedUnits {
  readonly sku_id: string;
  readonly lot: string;
  readonly quantity: number;
}

/**
 * Matches counted lines to a notice's lines, which it updates: the same lot first, then lines that
 * named no lot, in the order of the notice. What is over is counted on the last line of its SKU.
 */
export function matchReceipt(
  notice: readonly NoticeLine[],
  counted: readonly CountedLine[],
): { lines: MatchedLine[]; arrived: ArrivedUnits[] } {
  const arrived: ArrivedUnits[] = [];
  const bySku = Map.groupBy(notice, (line) => line.sku_id);
  const lines = counted.map((count) => {
    const candidates = (bySku.get(count.sku_id) ?? [])
      .filter((line) => line.lot === count.lot || line.lot === '')
      .sort((a, b) => Number(b.lot === count.lot) - Number(a.lot === count.lot));
    let left = count.quantity + count.damaged + count.quarantined;
    let damaged = count.damaged;
    for (const line of candidates) {
      const units = Math.min(left, outstanding(line));
      if (units === 0) continue;
      const broken = Math.min(damaged, units);
      line.received += units;
      line.damaged += broken;
      arrived.push({ sku_id: line.sku_id, lot: line.lot, quantity: units });
      left -= units;
      damaged -= broken;
    }
    const last = candidates.at(-1);
    if (last !== undefined) {
      last.received += left;
      last.damaged += damaged;
    }
    return { over: left, unannounced: last === undefined };
  });
  return { lines, arrived };
}

/** Units of a line that have not come. */
export function outstanding(line: NoticeLine): number {
  return Math.max(0, line.expected - line.received);
}
