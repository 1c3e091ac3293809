/** The shape of an explained decision in an answer. */
import { Type } from 'typebox';
import { Id, Instant, Nullable, OneOf } from '../schemas.ts';

const open = { additionalProperties: true };

export const Decision = Type.Object({
  order_id: Id,
  decision_no: Type.Integer(),
  outcome: OneOf(['sourced', 'backordered', 'unfillable']),
  decided_at: Instant,
  deadline: Instant,
  late: Type.Boolean(),
  network_version: Type.Integer(),
  currency: Type.String(),
  from_quote: Type.Boolean(),
  work_budget: Type.Integer(),
  elapsed_us: Type.Integer(),
  result: Type.Object({}, { ...open, description: 'the plan, its cost terms and its proof' }),
  alternatives: Type.Array(Type.Object({}, open), {
    description: 'the next-best plans and why each lost',
  }),
  replayed: Nullable(Type.Boolean()),
});
