/** The line-haul part of a network's document: hubs, legs between them, and the miles before and after. */
import { Type } from 'typebox';
import {
  Amount,
  Code,
  closed,
  Name,
  Position,
  TimeZone,
  WeeklyTimes,
  Whole,
} from './network-fields.ts';

/** Between a hub and what a lane serves, by the service's carrier if none is named. */
export const Mile = Type.Object(
  { hub_id: Code, transit_time_id: Code, carrier_id: Type.Optional(Code) },
  closed,
);

/** A way over hubs: a first mile to one of these, legs, a last mile from one of those. */
export const Via = Type.Object(
  {
    first_mile: Type.Array(Mile, { minItems: 1, maxItems: 1000 }),
    last_mile: Type.Array(Mile, { minItems: 1, maxItems: 1000 }),
    carriers: Type.Optional(Type.Array(Code, { minItems: 1, maxItems: 1000 })),
  },
  closed,
);

/** A place where parcels change vehicles. */
export const Hub = Type.Object(
  {
    id: Code,
    name: Type.Optional(Name),
    position: Position,
    time_zone: TimeZone,
    transfer_seconds: Type.Optional(Whole(0, 30 * 86_400)),
  },
  closed,
);

/** An edge between two hubs: line-haul with a timetable; without one, such as customs, at any time. */
export const Leg = Type.Object(
  {
    id: Code,
    carrier_id: Code,
    from_hub_id: Code,
    to_hub_id: Code,
    departures: Type.Optional(WeeklyTimes),
    duration_seconds: Whole(1, 60 * 86_400),
    transit_time_id: Type.Optional(Code),
    cost: Type.Optional(Amount),
    carbon_grams: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 })),
  },
  closed,
);
