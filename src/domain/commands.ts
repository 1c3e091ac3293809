/**
 * What the doors ask of the steps: one command per operation, one result per row. The HTTP schemas
 * beside the routes must fit these types; the compiler proves it at the call.
 */
import type { Fault, RefusalCode } from './errors.ts';
import type { OrderDestination, OrderLine, OrderRules } from './order.ts';

/** The fate of one row of a bulk request; good rows go through beside bad ones. */
export type RowResult<T> =
  | ({ readonly status: 'applied' | 'duplicate' } & T)
  | {
      readonly status: 'refused';
      readonly code: RefusalCode;
      readonly detail: string;
      readonly faults: readonly Fault[];
    };

/** Post an order. `platform_id` comes from the key, never from the body. */
export interface AcceptOrder {
  readonly platform_id: string;
  readonly external_ref: string;
  readonly destination: OrderDestination;
  readonly lines: readonly OrderLine[];
  readonly deliver_by?: Temporal.Instant | undefined;
  readonly rules?: OrderRules | undefined;
  readonly quote_token?: string | undefined;
  readonly request_id: string;
}

/** `duplicate` = the same reference with the same body came before: the same order is answered. */
export interface AcceptedOrder {
  readonly order_id: string;
  readonly external_ref: string;
  readonly state: string;
  /** RFC 3339, like `decide_by`. */
  readonly accepted_at: string;
  readonly decide_by: string;
}

export interface CancelOrder {
  readonly platform_id: string | null;
  readonly order_id: string;
  readonly reason: string;
  readonly request_id: string;
}

export interface AskQuote {
  readonly platform_id: string;
  readonly destination: OrderDestination;
  readonly lines: readonly OrderLine[];
  readonly deliver_by?: Temporal.Instant | undefined;
  readonly rules?: OrderRules | undefined;
  readonly request_id: string;
}

/** A promise offered. Its token is honoured until `expires_at`; one option of a quote can be used. */
export interface QuoteOption {
  readonly label: 'cheapest' | 'best_value' | 'fastest';
  readonly token: string;
  readonly promise_at: Temporal.Instant;
  readonly expected_at: Temporal.Instant;
  readonly confidence: number;
  readonly price: number;
  readonly currency: string;
  readonly parcels: number;
  readonly expires_at: Temporal.Instant;
}

export interface AnnounceInbound {
  readonly seller_id: string;
  readonly warehouse_id: string;
  readonly reference: string;
  readonly expected_at?: Temporal.Instant | undefined;
  readonly lines: readonly {
    readonly line_no: number;
    readonly sku_id: string;
    readonly lot?: string | undefined;
    readonly quantity: number;
  }[];
  readonly request_id: string;
}

/** Units counted in. Without a notice it is unannounced stock: a receipt all the same. */
export interface ReceiveInbound {
  readonly warehouse_id: string;
  /** The warehouse's own id of this receipt: posting it twice counts once. */
  readonly receipt_ref: string;
  readonly notice_reference?: string | undefined;
  /** True when nothing more will come for the notice: what is missing stops being incoming. */
  readonly final?: boolean | undefined;
  readonly lines: readonly {
    readonly sku_id: string;
    readonly lot?: string | undefined;
    readonly expires_on?: string | undefined;
    /** Sellable units; damaged and quarantined ones come on top of them. */
    readonly quantity: number;
    readonly damaged?: number | undefined;
    readonly quarantined?: number | undefined;
  }[];
  readonly request_id: string;
}

/** A correction of counted stock, by delta. */
export interface AdjustStock {
  readonly warehouse_id: string;
  readonly adjustment_ref: string;
  readonly lines: readonly {
    readonly sku_id: string;
    readonly lot?: string | undefined;
    readonly expires_on?: string | undefined;
    readonly on_hand?: number | undefined;
    readonly damaged?: number | undefined;
    readonly quarantined?: number | undefined;
    readonly reason: string;
  }[];
  readonly request_id: string;
}

export interface WarehouseEvent {
  readonly event_id: string;
  readonly shipment_id: string;
  readonly kind: 'picked' | 'short_picked' | 'packed' | 'handed_over';
  readonly occurred_at: Temporal.Instant;
  /** For `short_picked`: what was really found of each short line; the others are all there. */
  readonly lines?: readonly { readonly line_no: number; readonly picked: number }[] | undefined;
  readonly tracking_number?: string | undefined;
}

export interface AssignmentAnswer {
  readonly assignment_id: string;
  readonly fencing_token: number;
  readonly answer: 'accept' | 'reject';
  readonly reason?: RejectReason | undefined;
}

/** Why a carrier may reject an assignment. */
export const REJECT_REASONS = [
  'no_capacity',
  'out_of_area',
  'not_eligible',
  'bad_address',
  'price',
  'other',
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The status vocabulary of tracking events (docs/tracking.md says what each does). */
export const TRACKING_STATUSES = [
  'pending',
  'picked_up',
  'in_transit',
  'out_for_delivery',
  'ready_for_pickup',
  'delivery_failed',
  'delivery_delayed',
  'on_hold',
  'delivered',
  'return_to_sender',
  'returned',
  'lost',
  'cancelled',
  'unknown',
] as const;
export type TrackingStatus = (typeof TRACKING_STATUSES)[number];

export interface TrackingEvent {
  readonly event_id: string;
  readonly shipment_id: string;
  readonly status: TrackingStatus;
  readonly occurred_at: Temporal.Instant;
  readonly carrier_code?: string | undefined;
  readonly description?: string | undefined;
  readonly position?: readonly [number, number] | undefined;
}

/** An event's row result: the shipment's state after it. */
export interface EventOutcome {
  readonly event_id: string;
  readonly shipment_id: string;
  readonly state: string;
}

/** An answer's row result. */
export interface AnswerOutcome {
  readonly assignment_id: string;
  readonly state: string;
}
