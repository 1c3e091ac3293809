/** An exception as it is read. Schemas only: the control tower takes its types from here. */
import { Type } from 'typebox';
import { Id, Instant, Nullable } from '../schemas.ts';

/** Something that a person must look at. */
export const Exception = Type.Object({
  exception_id: Id,
  kind: Type.String(),
  order_id: Nullable(Id),
  shipment_id: Nullable(Id),
  external_ref: Nullable(Type.String({ description: 'what the platform calls the order' })),
  owner: Type.String({ description: 'who must act' }),
  reason: Type.String(),
  detail: Type.Object({}, { additionalProperties: true }),
  opened_at: Instant,
  resolved_at: Nullable(Instant),
  resolution: Nullable(Type.String()),
});
