/**
 * Prices of what orders compete for, as a decision looks them up, and what of it a plan uses: units of
 * a SKU in a warehouse, capacity of a slot (parcels of a warehouse or service on a day, picks of a
 * warehouse in an hour), and carriers' parts of the work. What has no price is not listed and costs
 * nothing more.
 */
import { assertRows, fault } from '../assert-field.ts';
import { type Board, stockRow, type Taken, usedOf } from '../board.ts';
import type { ParcelPlan, SourcingOrder, StockTake } from '../types.ts';
import {
  type CarrierPrice,
  type CarrierPrices,
  carrierPrice,
  indexCarrierPrices,
} from './carrier-prices.ts';
import type { Exploration } from './explore.ts';

/** Price of one unit of a SKU in a warehouse, minor units of the network's currency, > 0. */
export interface StockPrice {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly price: number;
}

/** Price of one parcel or pick of a slot (named as `CapacityUse` does), minor units, > 0. */
export interface CapacityPrice {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly price: number;
}

/** Prices by warehouse, then SKU. */
export type StockPrices = ReadonlyMap<string, ReadonlyMap<string, number>>;
/** Prices by resource, then slot. */
export type CapacityPrices = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** All prices that a decision goes by. */
export interface Prices {
  readonly stock: StockPrices;
  readonly capacity: CapacityPrices;
  readonly carriers: CarrierPrices;
  readonly exploration?: Exploration | undefined;
}

/** A price that is no number would keep all that has it out of every comparison. */
function assertPrices(rows: readonly { readonly price: number }[], table: string): void {
  assertRows(rows, table, ({ price }) => {
    if (!Number.isFinite(price)) throw fault('price', price, 'minor units of money');
  });
}

function indexed<Row, A, B>(
  rows: readonly Row[],
  of: (row: Row) => readonly [A, B, price: number],
): Map<A, Map<B, number>> {
  const prices = new Map<A, Map<B, number>>();
  for (const row of rows) {
    const [outer, inner, price] = of(row);
    const within = prices.get(outer) ?? new Map<B, number>();
    prices.set(outer, within.set(inner, price));
  }
  return prices;
}

/**
 * Indexes prices. Later rows win. O(rows).
 *
 * @throws RangeError that names a price that is no number.
 */
export function indexPrices(rows: {
  readonly stock?: readonly StockPrice[];
  readonly capacity?: readonly CapacityPrice[];
  readonly carriers?: readonly CarrierPrice[];
  readonly exploration?: Exploration | undefined;
}): Prices {
  assertPrices(rows.stock ?? [], 'stock');
  assertPrices(rows.capacity ?? [], 'capacity');
  assertPrices(rows.carriers ?? [], 'carriers');
  return {
    stock: indexed(rows.stock ?? [], (row) => [row.warehouse_id, row.sku_id, row.price]),
    capacity: indexed(rows.capacity ?? [], (row) => [row.resource, row.slot_seconds, row.price]),
    carriers: indexCarrierPrices(rows.carriers ?? []),
    exploration: rows.exploration,
  };
}

/** True where nothing has a price. O(1). */
export function isFree({ stock, capacity, carriers }: Prices): boolean {
  return stock.size === 0 && capacity.size === 0 && carriers.size === 0;
}

/** What of a plan has prices: a decided one, or one that is held already. */
export interface PricedPlan {
  readonly parcels: readonly Pick<
    ParcelPlan,
    'warehouse_id' | 'carrier_id' | 'zone_id' | 'takes' | 'capacity'
  >[];
}

/** Something priced that a plan uses. */
export interface PricedUse {
  /** Tells it from all else. */
  readonly name: string;
  /** Units, parcels or picks. */
  readonly units: number;
  /** Price of all of them. */
  readonly charge: number;
  /** What is to be taken off a board so that `most` of it are left. */
  readonly above: (board: Board, most: number) => Taken['parcels'][number];
  /** The carrier to do without, where that is what has the price. */
  readonly carrier_id?: string | undefined;
}

/** Takes the units that die first: what any others could do, those that are left can. */
function stockAbove(warehouse_id: string, sku_id: string): PricedUse['above'] {
  return (board, most) => {
    const { network } = board;
    const stock = board.skus.get(network.skus.indexOf.get(sku_id)!);
    const row = stock ? stockRow(stock, network.warehouses.indexOf.get(warehouse_id)!) : -1;
    const takes: StockTake[] = [];
    if (stock === undefined || row < 0) return { takes, capacity: [] };
    let above = Math.max(0, stock.total[row]! - most);
    for (let lot = stock.lotStart[row]!; lot < stock.lotStart[row + 1]! && above > 0; lot++) {
      const quantity = Math.min(above, board.lotAvailable[lot]!);
      above -= quantity;
      takes.push({ line_no: 0, stock_id: board.lotId[lot]!, quantity });
    }
    return { takes, capacity: [] };
  };
}

function capacityAbove(resource: string, slot_seconds: number, limit: number): PricedUse['above'] {
  return (board, most) => {
    const amount = Math.max(0, limit - usedOf(board, resource, slot_seconds) - most);
    return { takes: [], capacity: [{ resource, slot_seconds, amount, limit }] };
  };
}

/** Adds a use to those of the same name. */
function add(uses: Map<string, PricedUse>, use: PricedUse): void {
  const { name, units, charge } = use;
  const before = uses.get(name);
  if (before === undefined) uses.set(name, use);
  else uses.set(name, { ...before, units: before.units + units, charge: before.charge + charge });
}

const nothingAbove: PricedUse['above'] = () => ({ takes: [], capacity: [] });

/** What priced things a plan uses, in the order of its parcels. O(takes + capacities) */
export function pricedUses(
  plan: PricedPlan,
  order: Pick<SourcingOrder, 'lines'>,
  { stock, capacity, carriers }: Prices,
): PricedUse[] {
  const uses = new Map<string, PricedUse>();
  for (const parcel of plan.parcels) {
    const { warehouse_id, carrier_id, zone_id } = parcel;
    const bySku = stock.get(warehouse_id);
    for (const { line_no, quantity } of bySku === undefined ? [] : parcel.takes) {
      const { sku_id } = order.lines.find((line) => line.line_no === line_no)!;
      const price = bySku!.get(sku_id) ?? 0;
      if (price <= 0) continue;
      const above = stockAbove(warehouse_id, sku_id);
      const name = JSON.stringify(['stock', warehouse_id, sku_id]);
      add(uses, { name, units: quantity, charge: price * quantity, above });
    }
    const charge = carriers.size === 0 ? 0 : carrierPrice(carriers, carrier_id, zone_id);
    if (charge > 0) {
      const name = JSON.stringify(['carrier', carrier_id]);
      add(uses, { name, units: 1, charge, above: nothingAbove, carrier_id });
    }
    if (capacity.size === 0) continue;
    for (const { resource, slot_seconds, amount, limit } of parcel.capacity) {
      const price = capacity.get(resource)?.get(slot_seconds) ?? 0;
      if (price <= 0) continue;
      const above = capacityAbove(resource, slot_seconds, limit);
      const name = JSON.stringify([resource, slot_seconds]);
      add(uses, { name, units: amount, charge: price * amount, above });
    }
  }
  return [...uses.values()];
}

/**
 * What the plan's carriers are owed: the sum of prices below 0, minor units, ≤ 0.
 * O(parcels × bands of their carriers).
 */
export function owedOnPlan({ parcels }: PricedPlan, { carriers }: Prices): number {
  if (carriers.size === 0) return 0;
  return parcels.reduce(
    (sum, { carrier_id, zone_id }) =>
      sum + Math.min(0, carrierPrice(carriers, carrier_id, zone_id)),
    0,
  );
}

/** What prices add to a plan, minor units. O(parcels × (takes + slots)). */
export function priceOfPlan(
  plan: PricedPlan,
  order: Pick<SourcingOrder, 'lines'>,
  prices: Prices,
): number {
  const owed = owedOnPlan(plan, prices);
  return pricedUses(plan, order, prices).reduce((sum, use) => sum + use.charge, owed);
}
