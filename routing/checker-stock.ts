/**
 * The checker's view of what a plan takes: every unit ordered and no other, from stock that is there
 * and lives long enough, within the capacity that is left.
 */
import type { CheckedNetwork } from './checker.ts';
import type {
  CapacityUse,
  ParcelPlan,
  SourcedPlan,
  SourcingOrder,
  StockPosition,
} from './types.ts';

type Note = (rule: string, detail: string) => void;

/** Stock and capacity as a plan finds them. */
export interface Ledger {
  readonly rowOf: (stockId: number) => StockPosition | undefined;
  /** Units taken by earlier plans, by stock. */
  readonly taken: Map<number, number>;
  /** Capacity used, by resource, then slot. */
  readonly used: Map<string, Map<number, number>>;
}

/** Opens the ledger of a batch. O(stock + capacity); a table of stock is made only of unsorted rows. */
export function openLedger(
  stock: readonly StockPosition[],
  capacity: readonly CapacityUse[],
): Ledger {
  const ledger: Ledger = { rowOf: finderOf(stock), taken: new Map(), used: new Map() };
  for (const { resource, slot_seconds, used } of capacity)
    use(ledger, resource, slot_seconds, used);
  return ledger;
}

function finderOf(stock: readonly StockPosition[]): Ledger['rowOf'] {
  const ids = new Float64Array(stock.length);
  let isSorted = true;
  for (let i = 0; i < stock.length; i++) {
    ids[i] = stock[i]!.stock_id;
    if (i > 0 && !(ids[i - 1]! < ids[i]!)) isSorted = false;
  }
  if (!isSorted) {
    const rows = new Map(stock.map((row) => [row.stock_id, row]));
    return (stockId) => rows.get(stockId);
  }
  return (stockId) => {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ids[middle]! < stockId) low = middle + 1;
      else high = middle;
    }
    return ids[low] === stockId ? stock[low] : undefined;
  };
}

function use({ used }: Ledger, resource: string, slot: number, amount: number): void {
  const slots = used.get(resource) ?? new Map<number, number>();
  used.set(resource, slots.set(slot, (slots.get(slot) ?? 0) + amount));
}

/** Takes a sound plan from what the next one finds. */
export function takeFrom(ledger: Ledger, plan: SourcedPlan): void {
  for (const { takes, capacity } of plan.parcels) {
    for (const { stock_id, quantity } of takes) {
      ledger.taken.set(stock_id, (ledger.taken.get(stock_id) ?? 0) + quantity);
    }
    for (const { resource, slot_seconds, amount } of capacity) {
      use(ledger, resource, slot_seconds, amount);
    }
  }
}

/** Notes units that are missing, too many or never ordered. O(lines × units taken). */
export function checkQuantities(order: SourcingOrder, plan: SourcedPlan, note: Note): void {
  const { lines } = order;
  for (const { takes } of plan.parcels) {
    for (const { line_no, quantity } of takes) {
      if (!(quantity > 0)) note('quantity', `line ${line_no} takes ${quantity} units`);
      if (!lines.some((line) => line.line_no === line_no)) {
        note('quantity', `line ${line_no} was not ordered`);
      }
    }
  }
  for (let i = 0; i < lines.length; i++) {
    const { line_no, quantity } = lines[i]!;
    let units = 0;
    for (const { takes } of plan.parcels) {
      for (const take of takes) if (take.line_no === line_no) units += take.quantity;
    }
    if (units !== quantity) note('quantity', `line ${line_no} gets ${units} of ${quantity} units`);
    for (let j = 0; j < i; j++) {
      if (lines[j]!.line_no === line_no) note('quantity', `line ${line_no} is there twice`);
    }
  }
}

/** Notes stock that is not what the line wants, dies too early or is not there. */
export function checkStock(
  network: CheckedNetwork,
  ledger: Ledger,
  { order, plan }: { readonly order: SourcingOrder; readonly plan: SourcedPlan },
  note: Note,
): void {
  const [ids, sums]: [number[], number[]] = [[], []];
  for (const parcel of plan.parcels) {
    for (const { line_no, stock_id, quantity } of parcel.takes) {
      const row = ledger.rowOf(stock_id);
      if (row === undefined) {
        note('stock', `stock ${stock_id} does not exist`);
        continue;
      }
      const { sku_id } = row;
      const line = order.lines.find((one) => one.line_no === line_no);
      if (row.warehouse_id !== parcel.warehouse_id || sku_id !== line?.sku_id) {
        note('stock', `stock ${stock_id} is not line ${line_no}'s SKU in ${parcel.warehouse_id}`);
      }
      if (row.expires_seconds !== undefined) {
        const life = (network.skus.get(sku_id)?.minimum_life_days ?? 0) * 86_400;
        if (row.expires_seconds < parcel.promise_seconds + life) {
          note('lot_life', `stock ${stock_id} expires too early for the promise`);
        }
      }
      const at = ids.indexOf(stock_id);
      if (at >= 0) sums[at]! += quantity;
      else sums[ids.push(stock_id) - 1] = quantity;
    }
  }
  ids.forEach((stock_id, i) => {
    const available = ledger.rowOf(stock_id)!.available - (ledger.taken.get(stock_id) ?? 0);
    if (sums[i]! > available) note('oversell', `stock ${stock_id}: ${sums[i]} of ${available}`);
  });
}

/** A limited resource and slot that a parcel takes, or several of a plan together. */
interface Due {
  readonly resource: string;
  readonly slot: number;
  amount: number;
  readonly limit: number;
}

/** What a parcel must take of each limited resource, computed anew. */
function dueCapacity(network: CheckedNetwork, parcel: ParcelPlan): Due[] {
  const warehouse = network.warehouses.get(parcel.warehouse_id);
  const service = network.services.get(parcel.service_id);
  if (warehouse === undefined || service === undefined) return [];
  const due: Due[] = [];
  const add = (resource: string, slot: number, amount: number, limit: number): void => {
    due.push({ resource, slot, amount, limit });
  };
  const { picks_per_hour, parcels_per_day } = warehouse;
  if (picks_per_hour !== undefined) {
    const units = parcel.takes.reduce((sum, { quantity }) => sum + quantity, 0);
    const hour = parcel.pick_from_seconds - (parcel.pick_from_seconds % 3600);
    add(`picks/${warehouse.id}`, hour, units, picks_per_hour);
  }
  const day = network.clock.dateSlot(parcel.pickup_seconds, warehouse.time_zone);
  if (parcels_per_day !== undefined) add(`parcels/${warehouse.id}`, day, 1, parcels_per_day);
  const { parcels_per_day: daily, parcels_per_day_per_warehouse: perWarehouse } = service;
  if (daily !== undefined) add(`service/${service.id}`, day, 1, daily);
  if (perWarehouse !== undefined) {
    add(`service/${service.id}/${warehouse.id}`, day, 1, perWarehouse);
  }
  return due;
}

/** Notes what a parcel states of capacity and should not, and what it should and does not. */
function checkStated({ capacity }: ParcelPlan, due: readonly Due[], note: Note): void {
  for (const { resource, slot, amount, limit } of due) {
    // Of two rows of one slot the later one counts, and the other is one too many.
    const row = capacity.findLast((one) => one.resource === resource && one.slot_seconds === slot);
    if (row?.amount !== amount || row.limit !== limit) {
      note('capacity_stated', `${resource} at ${slot} should state ${amount} of ${limit}`);
    }
  }
  capacity.forEach(({ resource, slot_seconds: slot }, i) => {
    const isDue = due.some((one) => one.resource === resource && one.slot === slot);
    const isTwice = capacity.findIndex(
      (one) => one.resource === resource && one.slot_seconds === slot,
    );
    if (!isDue || isTwice !== i) {
      note('capacity_stated', `${resource} at ${slot} is not a resource it takes`);
    }
  });
}

/** Notes capacity wrongly stated, and slots that are fuller than their limit. */
export function checkCapacity(
  network: CheckedNetwork,
  ledger: Ledger,
  plan: SourcedPlan,
  note: Note,
): void {
  const own: Due[] = [];
  for (const parcel of plan.parcels) {
    const due = dueCapacity(network, parcel);
    checkStated(parcel, due, note);
    for (const one of due) {
      const same = own.find((row) => row.slot === one.slot && row.resource === one.resource);
      if (same === undefined) own.push(one);
      else same.amount += one.amount;
    }
  }
  for (const { resource, slot, amount, limit } of own) {
    const sum = amount + (ledger.used.get(resource)?.get(slot) ?? 0);
    if (sum > limit) note('capacity', `${resource} at ${slot}: ${sum} of ${limit}`);
  }
}
