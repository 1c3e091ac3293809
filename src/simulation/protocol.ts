/** What the simulation reads of the answers of the HTTP interface; the rest of them it ignores. */

/** `GET /v1/warehouses/{id}/work` */
export interface WorkPage {
  readonly work: readonly WorkItem[];
  readonly next_cursor: string | null;
}

export interface WorkItem {
  readonly shipment_id: string;
  readonly destination: DestinationSeen;
  readonly pick_from: string;
  readonly lines: readonly { readonly line_no: number; readonly quantity: number }[];
}

/** Where a parcel goes, as its label says. */
export interface DestinationSeen {
  readonly name?: string;
  readonly postal_code: string;
  readonly country: string;
  readonly position?: readonly [number, number];
}

/** `GET /v1/assignments` */
export interface AssignmentPage {
  readonly assignments: readonly AssignmentItem[];
  readonly next_cursor: string | null;
}

export interface AssignmentItem {
  readonly assignment_id: string;
  readonly shipment_id: string;
  readonly service_id: string;
  readonly fencing_token: number;
  readonly lease_until: string;
  readonly pickup: {
    readonly warehouse_id: string;
    readonly position: readonly [number, number] | null;
    readonly at: string;
  };
  readonly destination: DestinationSeen;
  readonly deliver_by: string;
}

/** `POST /v1/orders` */
export interface AcceptedOrder {
  readonly order_id: string;
  readonly accepted_at: string;
}

/** `GET /v1/orders` */
export interface OrderPage {
  readonly orders: readonly { readonly order_id: string; readonly state: string }[];
  readonly next_cursor: string | null;
}

/** `GET /v1/orders/{id}` */
export interface OrderSeen {
  readonly order_id: string;
  readonly state: string;
}

/** `POST /v1/promises/quote` */
export interface QuoteSeen {
  readonly options: readonly { readonly label: string; readonly token: string }[];
}

/** `GET /v1/exceptions` */
export interface ExceptionPage {
  readonly exceptions: readonly ExceptionSeen[];
  readonly next_cursor: string | null;
}

export interface ExceptionSeen {
  readonly exception_id: string;
  readonly kind: string;
  readonly order_id: string | null;
  readonly shipment_id: string | null;
  readonly opened_at: string;
}

/** `GET /v1/stock` */
export interface StockPage {
  readonly stock: readonly StockSeen[];
  readonly next_cursor: string | null;
}

export interface StockSeen {
  readonly sku_id: string;
  readonly warehouse_id: string;
  readonly expires_on: string | null;
  readonly on_hand: number;
  readonly reserved: number;
  readonly incoming: number;
}
