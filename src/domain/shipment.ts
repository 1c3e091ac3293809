/**
 * The shipment: units leaving one warehouse together by one service. Its state only ever moves
 * forward along the journey; the terminal states are `delivered`, `returned`, `lost`, `cancelled`.
 */
import type { OrderState } from './order.ts';

export type ShipmentState =
  | 'planned'
  | 'released'
  | 'picked'
  | 'packed'
  | 'handed_over'
  | 'in_transit'
  | 'out_for_delivery'
  | 'delivered'
  | 'returned'
  | 'lost'
  | 'cancelled';

/** Position along the journey; a late event with a lower rank never downgrades a state. */
export const SHIPMENT_RANK: { readonly [state in ShipmentState]: number } = {
  planned: 0,
  released: 1,
  picked: 2,
  packed: 3,
  handed_over: 4,
  in_transit: 5,
  out_for_delivery: 6,
  delivered: 9,
  returned: 9,
  lost: 9,
  cancelled: 9,
};

/** True for states that nothing leaves. */
export function isTerminal(state: ShipmentState): boolean {
  return SHIPMENT_RANK[state] === 9;
}

/** True for states in which the goods are still in the warehouse. */
export function isInWarehouse(state: ShipmentState): boolean {
  return SHIPMENT_RANK[state] <= SHIPMENT_RANK.packed;
}

/** What a warehouse event says: the state it proves and the milestone it meets. */
export const WAREHOUSE_EVENTS = {
  picked: { state: 'picked', meets: 'pick' },
  short_picked: { state: 'picked', meets: 'pick' },
  packed: { state: 'packed', meets: 'pack' },
  handed_over: { state: 'handed_over', meets: 'hand_over' },
} as const;

/** The state that is further along the journey; a terminal state stays. */
export function furtherState(current: ShipmentState, told: ShipmentState): ShipmentState {
  return SHIPMENT_RANK[told] > SHIPMENT_RANK[current] ? told : current;
}

/** What an order's state follows from: its units, and how its shipments that carry units stand. */
export interface OrderProgress {
  readonly units_wanted: number;
  readonly units_shipped: number;
  readonly shipments_open: number;
  /** Shipments that ended as lost or returned. */
  readonly shipments_failed: number;
}

/**
 * The states an order goes through now, in order; empty when nothing follows. An order ships when its
 * last unit has left, and ends when its last shipment has: delivered, or failed if something was
 * lost or returned. An order with units to decide waits for them first.
 */
export function settleOrder(
  state: OrderState,
  progress: OrderProgress,
): ('shipped' | 'delivered' | 'failed')[] {
  if (state !== 'decided' && state !== 'shipped') return [];
  const { units_wanted, units_shipped, shipments_open, shipments_failed } = progress;
  if (units_wanted === 0 || units_shipped < units_wanted) return [];
  const moves: ('shipped' | 'delivered' | 'failed')[] = state === 'decided' ? ['shipped'] : [];
  if (shipments_open === 0) moves.push(shipments_failed > 0 ? 'failed' : 'delivered');
  return moves;
}

/** Capacity that a shipment took of a resource in a slot. */
export interface TakenSlot {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly amount: number;
  readonly limit: number;
}

/**
 * Gives back the picks of `units` that will not be picked: what the shipment still takes, and what is
 * free again. Everything else a shipment takes is taken per parcel, whatever is in it.
 */
export function freePicks(
  capacity: readonly TakenSlot[],
  units: number,
): { readonly left: TakenSlot[]; readonly freed: TakenSlot[] } {
  const left: TakenSlot[] = [];
  const freed: TakenSlot[] = [];
  let more = units;
  for (const slot of capacity) {
    const given = slot.resource.startsWith('picks/') ? Math.min(more, slot.amount) : 0;
    more -= given;
    if (given > 0) freed.push({ ...slot, amount: given });
    if (given < slot.amount) left.push({ ...slot, amount: slot.amount - given });
  }
  return { left, freed };
}
