/** Weekly timetables of the demo's network. */
import { WEEKDAYS, type Weekday } from '../../domain/network.ts';

const WEEKEND: readonly Weekday[] = ['sat', 'sun'];

/** The same every day. */
export function daily<T>(value: T): Record<Weekday, T> {
  return onDays(WEEKDAYS, value) as Record<Weekday, T>;
}

/** The same from Monday to Saturday. */
export function sixDays<T>(value: T): Partial<Record<Weekday, T>> {
  return onDays(
    WEEKDAYS.filter((day) => day !== 'sun'),
    value,
  );
}

/** The same from Monday to Friday. */
export function workdays<T>(value: T): Partial<Record<Weekday, T>> {
  return onDays(
    WEEKDAYS.filter((day) => !WEEKEND.includes(day)),
    value,
  );
}

/** The same on Saturday and Sunday. */
export function weekend<T>(value: T): Partial<Record<Weekday, T>> {
  return onDays(WEEKEND, value);
}

function onDays<T>(days: readonly Weekday[], value: T): Partial<Record<Weekday, T>> {
  return Object.fromEntries(days.map((day) => [day, value]));
}
