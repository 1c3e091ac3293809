/** An order as it is read. Schemas only: the control tower takes its types from here. */
import { Type } from 'typebox';
import { ORDER_TRANSITIONS, type OrderState } from '../../domain/order.ts';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';

/** Every state of an order. */
export const ORDER_STATES = Object.keys(ORDER_TRANSITIONS) as OrderState[];

/** What a list shows of an order. */
export const listed = {
  order_id: Id,
  platform_id: Type.String(),
  external_ref: Type.String(),
  state: OneOf(ORDER_STATES),
  accepted_at: Instant,
  decide_by: Instant,
  promise_at: Nullable(Instant),
  current_promise_at: Nullable(Instant),
};

/** The way of a parcel over hubs. Instants are those by which half the parcels leave and arrive. */
export const RouteAnswer = Type.Object({
  cost: Type.Number({ description: 'of its legs, in minor units; part of the freight' }),
  carbon_grams: Type.Number(),
  steps: Type.Array(
    Type.Object({
      kind: OneOf(['first_mile', 'leg', 'last_mile']),
      carrier_id: Type.String({ description: 'who carries this mile' }),
      leg_id: Nullable(Type.String()),
      from_hub_id: Nullable(Type.String()),
      to_hub_id: Nullable(Type.String()),
      departs_at: Instant,
      arrives_at: Instant,
    }),
  ),
});

const Shipment = Type.Object({
  shipment_id: Id,
  state: Type.String(),
  warehouse_id: Type.String(),
  carrier_id: Type.String(),
  service_id: Type.String(),
  weight_grams: Type.Number(),
  pickup_at: Instant,
  promise_at: Instant,
  expected_at: Instant,
  delivered_at: Nullable(Instant),
  tracking_number: Nullable(
    Type.String({ description: "the carrier's number of the parcel, as its warehouse told it" }),
  ),
  tracking_status: Nullable(Type.String()),
  lines: Type.Array(Type.Object({ line_no: Type.Integer(), quantity: Type.Integer() })),
  route: Nullable(RouteAnswer),
  milestones: Type.Array(
    Type.Object({
      kind: Type.String(),
      owner: Type.String({ description: 'who owes it' }),
      due_at: Instant,
      met_at: Nullable(Instant),
      state: OneOf(['open', 'at_risk', 'met', 'breached']),
    }),
  ),
});

/** An order with all that happened to it. */
export const Order = Type.Object({
  ...listed,
  destination: Type.Object({}, { additionalProperties: true }),
  deliver_by: Nullable(Instant),
  promise_confidence: Nullable(Type.Number()),
  lines: Type.Array(
    Type.Object({
      line_no: Type.Integer(),
      sku_id: Type.String(),
      quantity: Type.Integer(),
      allocated: Type.Integer(),
      shipped: Type.Integer(),
      cancelled: Type.Integer(),
    }),
  ),
  shipments: Type.Array(Shipment),
  timeline: Type.Array(
    Type.Object({
      at: Instant,
      type: Type.String(),
      entity: Type.String(),
      entity_id: Type.String(),
    }),
  ),
});
