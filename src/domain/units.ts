/**
 * Units on their way out: what picking, short picks, hand-over and release do to reservations, lots
 * and order lines. Pure; one book per batch. Whatever is done, units are conserved: what a lot, a
 * reservation and a line lose or gain is written as one entry that all three follow.
 */

/** Units of a line set aside in a lot for a shipment. */
export interface HeldUnits {
  readonly reservation_id: number;
  readonly stock_id: number;
  readonly order_id: string;
  readonly shipment_id: string;
  readonly line_no: number;
  readonly sku_id: string;
  quantity: number;
  picked: number;
  state: 'open' | 'shipped' | 'released' | 'written_off';
}

/** A change of a lot's balances; the ledger keeps it. Deltas that are missing are zero. */
export interface LedgerEntry {
  readonly stock_id: number;
  readonly kind:
    | 'notice'
    | 'receipt'
    | 'reserve'
    | 'release'
    | 'pick'
    | 'unpick'
    | 'ship'
    | 'adjust';
  readonly on_hand?: number;
  readonly reserved?: number;
  readonly picked?: number;
  readonly damaged?: number;
  readonly quarantined?: number;
  readonly incoming?: number;
  readonly reference: string;
  readonly reason?: string;
}

/** A change of what shipments carry of an order line. */
export interface LineEntry {
  readonly order_id: string;
  readonly line_no: number;
  readonly allocated: number;
  readonly shipped: number;
}

/** Part of a reservation that parts from the rest. */
export interface SplitUnits {
  readonly stock_id: number;
  readonly order_id: string;
  readonly shipment_id: string;
  readonly line_no: number;
  readonly quantity: number;
  readonly state: 'released' | 'written_off';
}

/** Everything a batch does to units. */
export interface UnitBook {
  readonly held: ReadonlyMap<string, HeldUnits[]>;
  readonly changed: Set<HeldUnits>;
  readonly splits: SplitUnits[];
  readonly entries: LedgerEntry[];
  readonly lines: LineEntry[];
}

/** Opens a book on the open reservations of a batch of shipments, in order of reservation. */
export function openUnitBook(units: readonly HeldUnits[]): UnitBook {
  const held = new Map<string, HeldUnits[]>();
  for (const row of units) {
    const rows = held.get(row.shipment_id);
    if (rows === undefined) held.set(row.shipment_id, [{ ...row }]);
    else rows.push({ ...row });
  }
  return { held, changed: new Set(), splits: [], entries: [], lines: [] };
}

/** The open rows of a shipment. */
export function openRows(book: UnitBook, shipment_id: string): HeldUnits[] {
  return (book.held.get(shipment_id) ?? []).filter((row) => row.state === 'open');
}

/** Marks what a shipment holds as off the shelf. */
export function pickUnits(book: UnitBook, shipment_id: string): void {
  for (const row of openRows(book, shipment_id)) {
    const units = row.quantity - row.picked;
    if (units === 0) continue;
    row.picked = row.quantity;
    book.changed.add(row);
    const { stock_id } = row;
    book.entries.push({ stock_id, kind: 'pick', picked: units, reference: shipment_id });
  }
}

/** Units of a line that were not there. */
export interface MissingUnits {
  readonly line_no: number;
  readonly sku_id: string;
  readonly quantity: number;
}

/**
 * Writes off what was not found: the missing units leave the shipment, the line and the building's
 * books, so nobody is sold them again. `found` gives the units really there per line; lines it does
 * not name are all there. Returns what was missing.
 */
export function missUnits(
  book: UnitBook,
  shipment_id: string,
  found: ReadonlyMap<number, number>,
): MissingUnits[] {
  const left = new Map<number, number>(found);
  const missing: MissingUnits[] = [];
  for (const row of openRows(book, shipment_id)) {
    const there = left.get(row.line_no);
    if (there === undefined) continue;
    const kept = Math.min(there, row.quantity);
    left.set(row.line_no, there - kept);
    const gone = row.quantity - kept;
    if (gone === 0) continue;
    missing.push({ line_no: row.line_no, sku_id: row.sku_id, quantity: gone });
    writeOff(book, row, gone);
  }
  return missing;
}

function writeOff(book: UnitBook, row: HeldUnits, gone: number): void {
  const { stock_id, order_id, shipment_id, line_no } = row;
  const kept = row.quantity - gone;
  const unpicked = Math.max(0, row.picked - kept);
  book.entries.push({
    stock_id,
    kind: 'adjust',
    on_hand: -gone,
    reserved: -gone,
    picked: -unpicked,
    reference: shipment_id,
    reason: 'short_pick',
  });
  book.lines.push({ order_id, line_no, allocated: -gone, shipped: 0 });
  row.picked -= unpicked;
  if (kept === 0) row.state = 'written_off';
  else {
    row.quantity = kept;
    book.splits.push({
      stock_id,
      order_id,
      shipment_id,
      line_no,
      quantity: gone,
      state: 'written_off',
    });
  }
  book.changed.add(row);
}

/** The units of a shipment leave the building for good. Returns how many. */
export function shipUnits(book: UnitBook, shipment_id: string): number {
  let units = 0;
  for (const row of openRows(book, shipment_id)) {
    const { stock_id, order_id, line_no, quantity, picked } = row;
    book.entries.push({
      stock_id,
      kind: 'ship',
      on_hand: -quantity,
      reserved: -quantity,
      picked: -picked,
      reference: shipment_id,
    });
    book.lines.push({ order_id, line_no, allocated: 0, shipped: quantity });
    row.picked = quantity;
    row.state = 'shipped';
    book.changed.add(row);
    units += quantity;
  }
  return units;
}

/** The units of a shipment are free again; its lines want another shipment. */
export function releaseUnits(book: UnitBook, shipment_id: string): void {
  for (const row of openRows(book, shipment_id)) {
    const { stock_id, order_id, line_no, quantity, picked } = row;
    book.entries.push({
      stock_id,
      kind: 'release',
      reserved: -quantity,
      picked: -picked,
      reference: shipment_id,
    });
    book.lines.push({ order_id, line_no, allocated: -quantity, shipped: 0 });
    row.state = 'released';
    book.changed.add(row);
  }
}

/**
 * Units that a cancelled shipment gave back have left the building all the same. They leave the books
 * as far as they are still free (`free` units by lot, which it lowers); what others were promised in
 * between stays theirs on the books. Returns both, by line.
 */
export function loseFreedUnits(
  book: UnitBook,
  freed: readonly HeldUnits[],
  free: Map<number, number>,
): { readonly gone: MissingUnits[]; readonly promised: MissingUnits[] } {
  const gone: MissingUnits[] = [];
  const promised: MissingUnits[] = [];
  for (const row of freed) {
    const { stock_id, shipment_id, order_id, line_no, sku_id, quantity } = row;
    const lost = Math.min(quantity, Math.max(0, free.get(stock_id) ?? 0));
    if (lost < quantity) promised.push({ line_no, sku_id, quantity: quantity - lost });
    if (lost === 0) continue;
    gone.push({ line_no, sku_id, quantity: lost });
    free.set(stock_id, free.get(stock_id)! - lost);
    const why = { reference: shipment_id, reason: 'left_after_cancel' };
    book.entries.push({ stock_id, kind: 'adjust', on_hand: -lost, ...why });
    if (lost < quantity) {
      const rest = { stock_id, order_id, shipment_id, line_no, quantity: quantity - lost };
      book.splits.push({ ...rest, state: 'released' });
    }
    const picked = Math.min(row.picked, lost);
    book.changed.add({ ...row, quantity: lost, picked, state: 'written_off' });
  }
  return { gone, promised };
}
