/** What a schema cannot know about counted stock: SKUs the network has, lots that keep their date. */
import { type CountedLot, lotKey } from '../../db/stock-counts.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import type { Engine, LiveNetwork } from './engine.ts';

/** The network, or the refusal that there is none yet. */
export async function networkNow(engine: Engine): Promise<LiveNetwork> {
  const network = await engine.networks.current();
  if (network === null) throw new Refusal('network_missing', 'import a network first');
  return network;
}

/** Refuses a warehouse or SKUs that the network does not have, each named by its place. */
export function refuseUnknown(
  network: LiveNetwork,
  warehouse_id: string,
  lines: readonly { readonly sku_id: string }[],
): void {
  const faults: Fault[] = [];
  if (!network.warehouses.has(warehouse_id)) {
    const detail = `got ${JSON.stringify(warehouse_id)}, expected a warehouse of the network`;
    faults.push({ pointer: '/warehouse_id', detail });
  }
  lines.forEach(({ sku_id }, at) => {
    if (network.skus.has(sku_id)) return;
    const detail = `got ${JSON.stringify(sku_id)}, expected a SKU of the network`;
    faults.push({ pointer: `/lines/${at}/sku_id`, detail });
  });
  refuseFaults('unknown_reference', faults);
}

/** Throws a refusal with these faults, if there are any. */
export function refuseFaults(
  code: 'unknown_reference' | 'invalid_request' | 'not_enough_stock',
  faults: readonly Fault[],
): void {
  const [first, ...others] = faults;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new Refusal(code, `${first.pointer}: ${first.detail}${more}`, faults);
}

/** A counted line that may name its lot's last day of use. */
export interface DatedLine {
  readonly sku_id: string;
  readonly lot: string;
  readonly seller_id: string;
  readonly expires_on?: string | undefined;
}

/**
 * The dates that lots get from these lines. A lot has one last day of use: another one is refused,
 * and so is a date for units already there without one, whose age nobody knows.
 */
export function datesOfLots(
  lines: readonly DatedLine[],
  lots: ReadonlyMap<string, CountedLot>,
): { stock_id: number; expires_on: string }[] {
  const faults: Fault[] = [];
  const dates = new Map<number, string>();
  lines.forEach(({ sku_id, seller_id, lot: name, expires_on }, at) => {
    if (expires_on === undefined) return;
    const lot = lots.get(lotKey(sku_id, seller_id, name))!;
    const hasUnits = lot.on_hand + lot.damaged + lot.quarantined > 0;
    const known = lot.expires_on ?? dates.get(lot.stock_id) ?? (hasUnits ? 'no date' : expires_on);
    if (!isDay(expires_on) || known !== expires_on) {
      const wanted = isDay(expires_on) ? `${known}, which the lot has` : 'a day of the calendar';
      const detail = `got ${expires_on} for lot ${JSON.stringify(name)}, expected ${wanted}`;
      faults.push({ pointer: `/lines/${at}/expires_on`, detail });
    } else if (lot.expires_on === null) dates.set(lot.stock_id, expires_on);
  });
  refuseFaults('invalid_request', faults);
  return [...dates].map(([stock_id, expires_on]) => ({ stock_id, expires_on }));
}

function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** Most units that one balance of a lot can hold. */
export const MOST_UNITS = 2 ** 31 - 1;

/** Units that a posted line adds to (or takes from) one balance of a lot, and where the body says so. */
export interface BalanceChange {
  readonly lot: CountedLot;
  readonly balance: 'on_hand' | 'damaged' | 'quarantined' | 'incoming';
  readonly units: number;
  readonly pointer: string;
}

/** Refuses what would take a balance of locked lots, all lines together, beyond what it can hold. */
export function refuseOverflow(changes: readonly BalanceChange[]): void {
  const after = new Map<string, number>();
  const key = ({ lot, balance }: BalanceChange) => `${lot.stock_id} ${balance}`;
  for (const change of changes) {
    const before = after.get(key(change)) ?? change.lot[change.balance];
    after.set(key(change), before + change.units);
  }
  const faults = changes.flatMap((change) => {
    const total = after.get(key(change))!;
    if (change.units <= 0 || total <= MOST_UNITS) return [];
    const detail = `got ${change.units}, which makes ${total}, expected at most ${MOST_UNITS} of a lot`;
    return [{ pointer: change.pointer, detail }];
  });
  refuseFaults('invalid_request', faults);
}
