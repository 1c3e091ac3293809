/** Carriers, what was agreed with them on their part of the work, and the periods that it counts in. */
import { type Static, Type } from 'typebox';
import { Amount, Code, closed, Name, Whole } from './network-fields.ts';

const Percent = Type.Number({ minimum: 0, maximum: 100 });

/**
 * A carrier's part of the parcels to some zones (all, if none are named) in each day, week (from
 * Monday) or month, UTC. Prices make it so; no price goes above the penalty.
 */
export const ShareBand = Type.Object(
  {
    zones: Type.Optional(Type.Array(Code, { minItems: 1, maxItems: 10_000 })),
    period: Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month')]),
    minimum_percent: Type.Optional(Percent),
    maximum_percent: Type.Optional(Percent),
    minimum_parcels: Type.Optional(Whole(1, 1e9)),
    penalty_per_parcel: Amount,
  },
  closed,
);
export type ShareBand = Static<typeof ShareBand>;

const ShareBands = Type.Array(ShareBand, { maxItems: 100 });
/** Who moves parcels, and what part of them was agreed. */
export const Carrier = Type.Object(
  { id: Code, name: Type.Optional(Name), share_bands: Type.Optional(ShareBands) },
  closed,
);
export type Carrier = Static<typeof Carrier>;

/** The day, week or month that holds an instant: from its start until the next one's. */
export function periodOf(
  period: ShareBand['period'],
  at: Temporal.Instant,
): { readonly from: Temporal.Instant; readonly until: Temporal.Instant } {
  const day = at.toZonedDateTimeISO('UTC').startOfDay();
  const start = {
    day,
    week: day.subtract({ days: day.dayOfWeek - 1 }),
    month: day.with({ day: 1 }),
  }[period];
  const until = start.add({ [`${period}s`]: 1 });
  return { from: start.toInstant(), until: until.toInstant() };
}
