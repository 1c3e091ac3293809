/**
 * The order: its states, which step moves it from which to which, and the shapes of its parts.
 * `accepted` means "has units that no shipment carries yet and wants a decision".
 */

export type OrderState =
  | 'accepted'
  | 'backordered'
  | 'decided'
  | 'unfillable'
  | 'shipped'
  | 'delivered'
  | 'cancelled'
  | 'failed';

/** Every legal transition. A state without entries is terminal. */
export const ORDER_TRANSITIONS: { readonly [from in OrderState]: readonly OrderState[] } = {
  accepted: ['decided', 'backordered', 'unfillable', 'cancelled'],
  backordered: ['accepted', 'cancelled'],
  // `accepted` again: a short pick or a failed tender left units without a shipment.
  decided: ['accepted', 'shipped', 'delivered', 'cancelled', 'failed'],
  // An exception for the operator, who asks for another decision or cancels.
  unfillable: ['accepted', 'cancelled'],
  shipped: ['accepted', 'delivered', 'failed'],
  delivered: [],
  cancelled: [],
  failed: [],
};

/** Where an order goes. Stored as posted. */
export interface OrderDestination {
  readonly name?: string;
  readonly address?: string;
  readonly city?: string;
  readonly postal_code: string;
  readonly country: string;
  readonly position?: [number, number];
}

/** One line as posted: units of a SKU. */
export interface OrderLine {
  readonly line_no: number;
  readonly sku_id: string;
  readonly quantity: number;
  readonly weight_grams?: number | undefined;
}

/** What an order asks of its own decision, within the policy. Stored as posted. */
export interface OrderRules {
  /** Most parcels, where fewer than the policy allows. */
  readonly split_limit?: number | undefined;
  /** All in one parcel, or nothing is sent. */
  readonly ship_complete?: boolean | undefined;
  /** Groups of line numbers; each group leaves in one parcel, its lines whole. */
  readonly keep_together?: readonly (readonly number[])[] | undefined;
}

/** True when an order may go from one state to the other. */
export function canOrderMove(from: OrderState, to: OrderState): boolean {
  return ORDER_TRANSITIONS[from].includes(to);
}
