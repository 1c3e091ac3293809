/**
 * What is open, in memory: one entry per parcel on its way and per order without a parcel, with counts
 * by warehouse, carrier and lane kept up to date as entries come, change and go. Knows no clock and no
 * database; `follow.ts` feeds it.
 */
import type { TowerShipmentRow, WaitingOrderRow } from '../../../db/tower-reads.ts';
import { isTerminal, SHIPMENT_RANK, type ShipmentState } from '../../domain/shipment.ts';

/** How a parcel stands against its deadlines. Breached: the promised delivery has passed. */
export const RISKS = ['none', 'at_risk', 'breached'] as const;
export type Risk = (typeof RISKS)[number];

/** A parcel that has not ended. Instants are seconds since 1970. */
export interface OpenParcel extends Omit<TowerShipmentRow, 'delivered_seconds' | 'is_breached'> {
  readonly risk: Risk;
}

/** Counts of open parcels. */
export interface Tally {
  /** By state, in the order of `OPEN_STATES`. */
  readonly states: number[];
  open: number;
  at_risk: number;
  breached: number;
}

/** The states of an open parcel, along its journey. */
export const OPEN_STATES = (Object.keys(SHIPMENT_RANK) as ShipmentState[]).filter(
  (state) => !isTerminal(state),
);

export interface Lane extends Tally {
  readonly warehouse_id: string;
  readonly zone_id: string;
  /** Sums over its parcels that said where they go, to place a zone that the network does not. */
  located: number;
  lon_sum: number;
  lat_sum: number;
}

/** An order that no parcel carries yet. */
export type WaitingOrder = WaitingOrderRow;

export interface Board {
  readonly parcels: ReadonlyMap<string, OpenParcel>;
  readonly waiting: ReadonlyMap<string, WaitingOrder>;
  /** Parcels at risk or breached. */
  readonly endangered: ReadonlySet<OpenParcel>;
  readonly all: Readonly<Tally>;
  readonly warehouses: ReadonlyMap<string, Readonly<Tally>>;
  readonly carriers: ReadonlyMap<string, Readonly<Tally>>;
  readonly lanes: ReadonlyMap<string, Readonly<Lane>>;
  /** Open parcels of a warehouse by carrier: key `warehouse carrier`. */
  readonly pairs: ReadonlyMap<string, Readonly<Tally>>;
  /** Orders with something still to happen. */
  openOrders(): number;
  /** Takes in a parcel as it is now; one that has ended leaves. */
  put(row: TowerShipmentRow): void;
  /** Takes in an order that waits, or forgets it: null = it waits no more. */
  wait(order_id: string, order: WaitingOrder | null): void;
}

/** An empty board. */
export function openTowerBoard(): Board {
  const parcels = new Map<string, OpenParcel>();
  const waiting = new Map<string, WaitingOrder>();
  const endangered = new Set<OpenParcel>();
  const ordersOfParcels = new Map<string, number>();
  const all = newTally();
  const warehouses = new Map<string, Tally>();
  const carriers = new Map<string, Tally>();
  const lanes = new Map<string, Lane>();
  const pairs = new Map<string, Tally>();
  const count = (parcel: OpenParcel, by: 1 | -1) => {
    const { warehouse_id, carrier_id, zone_id, order_id } = parcel;
    const lane = `${warehouse_id} ${zone_id}`;
    addTo(all, parcel, by);
    addTo(entry(warehouses, warehouse_id, newTally), parcel, by);
    addTo(entry(carriers, carrier_id, newTally), parcel, by);
    addTo(entry(pairs, `${warehouse_id} ${carrier_id}`, newTally), parcel, by);
    locate(addTo(entry(lanes, lane, newLane(warehouse_id, zone_id)), parcel, by), parcel, by);
    const orders = (ordersOfParcels.get(order_id) ?? 0) + by;
    if (orders === 0) ordersOfParcels.delete(order_id);
    else ordersOfParcels.set(order_id, orders);
    if (parcel.risk === 'none') return;
    if (by === 1) endangered.add(parcel);
    else endangered.delete(parcel);
  };
  return {
    ...{ parcels, waiting, endangered, all, warehouses, carriers, lanes, pairs },
    openOrders: () => {
      let alone = 0;
      for (const id of waiting.keys()) if (!ordersOfParcels.has(id)) alone += 1;
      return ordersOfParcels.size + alone;
    },
    put: (row) => {
      const known = parcels.get(row.shipment_id);
      if (known !== undefined) count(known, -1);
      parcels.delete(row.shipment_id);
      if (isTerminal(row.state)) return;
      const parcel = parcelOf(row);
      parcels.set(row.shipment_id, parcel);
      count(parcel, 1);
    },
    wait: (order_id, order) => {
      if (order === null) waiting.delete(order_id);
      else waiting.set(order_id, order);
    },
  };
}

function parcelOf(row: TowerShipmentRow): OpenParcel {
  const { delivered_seconds: _delivered, is_breached, ...rest } = row;
  const isDue = row.next_state === 'at_risk' || row.next_state === 'breached';
  return { ...rest, risk: is_breached ? 'breached' : isDue ? 'at_risk' : 'none' };
}

function newTally(): Tally {
  return { states: OPEN_STATES.map(() => 0), open: 0, at_risk: 0, breached: 0 };
}

const newLane = (warehouse_id: string, zone_id: string) => (): Lane => ({
  ...newTally(),
  ...{ warehouse_id, zone_id, located: 0, lon_sum: 0, lat_sum: 0 },
});

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function addTo<T extends Tally>(tally: T, { state, risk }: OpenParcel, by: 1 | -1): T {
  tally.open += by;
  if (risk !== 'none') tally[risk] += by;
  const at = OPEN_STATES.indexOf(state);
  tally.states[at] = tally.states[at]! + by;
  return tally;
}

function locate(lane: Lane, { position }: OpenParcel, by: 1 | -1): void {
  if (position === null) return;
  lane.located += by;
  lane.lon_sum += position[0] * by;
  lane.lat_sum += position[1] * by;
}
