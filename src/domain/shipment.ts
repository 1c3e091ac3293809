/**
 * The shipment: units leaving one warehouse together by one service. Its state only ever moves
 * forward along the journey; the terminal states are `delivered`, `returned`, `lost`, `cancelled`.
 */

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
