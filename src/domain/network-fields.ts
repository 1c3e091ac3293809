/**
 * The kinds of field that a network document is made of: codes, places, weekly timetables. Only
 * their form is said here; that hours ascend and zones exist is in `network-calendar-rules.ts`.
 */
import { type Static, Type } from 'typebox';

/** Unknown fields are refused. */
export const closed = { additionalProperties: false };

/** A party's own code: what it calls itself, its SKU, its warehouse. Unique per table. */
export const Code = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]*$',
});
/** Pairs of kinds of goods. */
export const KindPairs = Type.Array(Type.Tuple([Code, Code]), {
  maxItems: 100,
  description: 'pairs of kinds of goods that never share a parcel',
});
/** A name for people. */
export const Name = Type.String({ maxLength: 200 });
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$' });
/** A calendar date, `YYYY-MM-DD`. */
export const DateOnly = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });
/** A named time zone of the IANA database, such as `Asia/Seoul`. */
export const TimeZone = Type.String({ minLength: 1, maxLength: 64, description: 'IANA time zone' });
/** A whole number in a range, ends included. */
export const Whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
/** Money in minor units; a rate may be a fraction of one. */
export const Amount = Type.Number({ minimum: 0, maximum: 1e12 });

/** [longitude, latitude] in degrees, WGS 84. */
export const Position = Type.Tuple([
  Type.Number({ minimum: -180, maximum: 180 }),
  Type.Number({ minimum: -90, maximum: 90 }),
]);

/** Handling condition of goods, of rooms and of vans. */
export const Temperature = Type.Union([
  Type.Literal('ambient'),
  Type.Literal('chilled'),
  Type.Literal('frozen'),
]);

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** The seven keys of every weekly table, Monday first (ISO 8601). */
export const WEEKDAYS: readonly Weekday[] = weekdays;
/** A key of a weekly table. */
export type Weekday = (typeof weekdays)[number];

const perWeekday = <T extends Parameters<typeof Type.Optional>[0]>(value: T) =>
  Type.Object(
    {
      mon: Type.Optional(value),
      tue: Type.Optional(value),
      wed: Type.Optional(value),
      thu: Type.Optional(value),
      fri: Type.Optional(value),
      sat: Type.Optional(value),
      sun: Type.Optional(value),
    },
    closed,
  );

/** Open intervals per weekday, local time; a missing day is closed; `24:00` ends a day. */
export const WeeklyHours = perWeekday(
  Type.Array(Type.Tuple([TimeOfDay, TimeOfDay]), { maxItems: 8 }),
);
/** Points in time per weekday (pickups), local time. */
export const WeeklyTimes = perWeekday(Type.Array(TimeOfDay, { maxItems: 48 }));
/** One time per weekday (cut-offs), local time. */
export const WeeklyTime = perWeekday(TimeOfDay);

/** Longitude, latitude. */
export type Position = Static<typeof Position>;
/** `ambient`, `chilled` or `frozen`. */
export type Temperature = Static<typeof Temperature>;
/** Intervals per weekday. */
export type WeeklyHours = Static<typeof WeeklyHours>;
/** Points in time per weekday. */
export type WeeklyTimes = Static<typeof WeeklyTimes>;
/** One point in time per weekday. */
export type WeeklyTime = Static<typeof WeeklyTime>;
