/** Instants, durations, amounts and shares in the reader's language and the zone that was chosen. */
import { language, t } from './texts.ts';

/** English without a country would be American: the day before the month is read everywhere. */
const locale = () => (language() === 'en' ? 'en-GB' : 'ko-KR');

/** The viewer's own IANA zone. */
export const VIEWER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions, name: string) {
  const cached = `${locale()} ${zone} ${name}`;
  let found = formats.get(cached);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone, hourCycle: 'h23' });
    formats.set(cached, found);
  }
  return found;
}

/** An instant as day and time of day in `zone`, such as "Wed 18 Mar, 09:00". */
export function instantIn(zone: string, at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return format(
    zone,
    { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    'instant',
  ).format(ms);
}

/** An instant in short, for tables: "18 Mar, 09:00". */
export function shortInstantIn(zone: string, at: string): string {
  const options = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return format(zone, options, 'short').format(Date.parse(at));
}

/** An instant's time of day with seconds in `zone`. */
export function timeOfDayIn(zone: string, at: string | number): string {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
  return format(zone, options, 'seconds').format(ms);
}

/** An instant's day in `zone`. */
export function dayIn(zone: string, ms: number): string {
  return format(zone, { weekday: 'short', day: 'numeric', month: 'short' }, 'day').format(ms);
}

/** Hours and minutes in `zone`. */
export function clockIn(zone: string, ms: number): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }, 'clock').format(ms);
}

/** The zone's short name, such as GMT+9. */
export function zoneLabel(zone: string): string {
  const parts = format(zone, { timeZoneName: 'short' }, 'zone').formatToParts(0);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

/** How far (s) the clocks of a zone are ahead of UTC at an instant. */
export function offsetSeconds(zone: string, ms: number): number {
  const parts = format(zone, { timeZoneName: 'longOffset' }, 'offset').formatToParts(ms);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [null, '+', '0', '0'];
  return (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
}

/** A length of time in its two largest units. */
export function duration(seconds: number): string {
  const s = Math.abs(seconds);
  if (s < 1) return t('time.milliseconds', { count: number(Math.round(s * 1000)) });
  if (s < 60) return t('time.seconds', { count: number(Math.round(s)) });
  if (s < 3600) return t('time.minutes', { count: number(Math.round(s / 60)) });
  if (s < 86_400) {
    const minutes = Math.round(s / 60);
    return t('time.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }
  const hours = Math.round(s / 3600);
  return t('time.days', { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** A length of time in one unit, for where there is little room. */
export function briefly(seconds: number): string {
  if (seconds < 3600) return duration(seconds);
  const [key, unit] =
    seconds < 86_400 ? (['time.hours_only', 3600] as const) : (['time.days_only', 86_400] as const);
  return t(key, { count: number(seconds / unit, 1) });
}

/** Microseconds as people read them. */
export function microseconds(us: number): string {
  if (us < 1000) return t('time.microseconds', { count: number(Math.round(us)) });
  if (us < 1_000_000) return t('time.milliseconds', { count: number(us / 1000, 1) });
  return t('time.seconds', { count: number(us / 1_000_000, 1) });
}

/** A number with at most `digits` places. */
export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

/** A large number in short, such as 12.3K. */
export function short(value: number): string {
  const options = { notation: 'compact', maximumFractionDigits: 1 } as const;
  if (value < 10_000) return number(value);
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A share of one as a percentage. */
export function percent(share: number, digits = 1): string {
  const options = { style: 'percent', maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale(), options).format(share);
}

/** Minor units of a currency as money. */
export function money(minor: number, currency: string): string {
  const formatter = new Intl.NumberFormat(locale(), { style: 'currency', currency });
  const places = formatter.resolvedOptions().maximumFractionDigits ?? 2;
  return formatter.format(minor / 10 ** places);
}

/** A weight in kilograms. */
export function weight(grams: number): string {
  return `${number(grams / 1000, 2)} kg`;
}
