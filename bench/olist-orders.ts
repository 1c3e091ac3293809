/**
 * Olist's orders as journeys: what is known of each at its purchase, and the events after it. Orders
 * that were cancelled have no promise to keep and are left out, as are those of several sellers, whose
 * columns speak of the first only.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { JourneyCase } from '../routing/promise/boosted-forecast.ts';

/** One order; instants in epoch seconds. */
export interface OlistOrder {
  readonly ref: string;
  readonly state: string;
  readonly month: string;
  readonly purchased: number;
  readonly handed_over: number | null;
  readonly delivered: number | null;
  /** The retailer's own promise is a date: its first second, and the first one after it. */
  readonly estimated_from: number;
  readonly estimated_until: number;
  readonly case: JourneyCase;
}

const ZONE = 'America/Sao_Paulo';
/** Delivered orders of the whole data set for each one in the extract; see the data's README. */
const DELIVERED_WEIGHT = 96_478 / 4930;
const EARTH_KM = 6371;
const UNKNOWN_KM = 500;

const REGIONS: Readonly<Record<string, string>> = {
  SP: 'SP',
  ...Object.fromEntries(['RJ', 'ES', 'MG'].map((state) => [state, 'SE'])),
  ...Object.fromEntries(['PR', 'SC', 'RS'].map((state) => [state, 'S'])),
  ...Object.fromEntries(['DF', 'GO', 'MT', 'MS'].map((state) => [state, 'CO'])),
  ...Object.fromEntries(
    ['BA', 'SE', 'AL', 'PE', 'PB', 'RN', 'CE', 'PI', 'MA'].map((state) => [state, 'NE']),
  ),
};
const REGION_ORDER = ['SP', 'SE', 'S', 'CO', 'NE', 'N'];

/** Macro-region of a state; the north where not listed. */
export const regionOf = (state: string): string => REGIONS[state] ?? 'N';

type Row = Readonly<Record<string, string>>;

const local = (text: string): Temporal.ZonedDateTime =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE);
const seconds = (text: string): number => Math.floor(local(text).epochMilliseconds / 1000);
const maybe = (text: string): number | null => (text === '' ? null : seconds(text));

/** Great-circle distance, kilometres. */
function distance(row: Row): number {
  if (row.seller_lat === '' || row.customer_lat === '') return UNKNOWN_KM;
  const [a, b, c, d] = [row.seller_lat, row.seller_lon, row.customer_lat, row.customer_lon].map(
    (degrees) => (Number(degrees) * Math.PI) / 180,
  ) as [number, number, number, number];
  const h = Math.sin((c - a) / 2) ** 2 + Math.cos(a) * Math.cos(c) * Math.sin((d - b) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.sqrt(h));
}

function journey(row: Row, weight: number): JourneyCase {
  const at = local(row.purchased_at!);
  const origin = row.seller_state!;
  const to = row.customer_state!;
  const zip = row.customer_zip_prefix!;
  const regions = `${regionOf(origin)} ${regionOf(to)}`;
  const log = (text: string, offset: number): number => Math.log(Number(text) + offset);
  return {
    started_seconds: Math.floor(at.epochMilliseconds / 1000),
    paths: {
      queue: [`seller ${row.seller_ref}`, `state ${origin}`, ''],
      transit: [
        `${origin} ${zip.slice(0, 3)}`,
        `${origin} ${zip.slice(0, 2)}`,
        `${origin} ${to}`,
        regions,
        `to ${regionOf(to)}`,
        '',
      ],
    },
    destinations: [regionOf(to), ''],
    features: [
      distance(row),
      REGION_ORDER.indexOf(regionOf(to)),
      at.dayOfWeek,
      at.hour,
      log(row.weight_grams!, 50),
      log(row.volume_cm3!, 500),
      log(row.price_brl!, 5),
      log(row.freight_brl!, 2),
      Number(row.item_count),
      origin === 'SP' ? 1 : 0,
      Number(zip.slice(0, 2)),
    ],
    weight,
  };
}

function order(row: Row): OlistOrder {
  const isDelivered = row.order_status === 'delivered';
  const date = Temporal.PlainDateTime.from(row.estimated_delivery_at!).toPlainDate();
  const start = (day: Temporal.PlainDate): number =>
    Math.floor(day.toZonedDateTime(ZONE).epochMilliseconds / 1000);
  const one = journey(row, isDelivered ? DELIVERED_WEIGHT : 1);
  return {
    ref: row.order_ref!,
    state: row.customer_state!,
    month: row.purchased_at!.slice(0, 7),
    purchased: one.started_seconds,
    handed_over: maybe(row.handed_over_at!),
    delivered: isDelivered ? maybe(row.delivered_at!) : null,
    estimated_from: start(date),
    estimated_until: start(date.add({ days: 1 })),
    case: one,
  };
}

/** Orders of a file, by purchase. @throws Error when the file cannot be read. */
export function readOlist(path: string): OlistOrder[] {
  const rows = parse(readFileSync(path), { columns: true }) as Row[];
  return rows
    .filter(({ order_status, seller_count, delivered_at }) => {
      const isOff = order_status === 'canceled' || order_status === 'unavailable';
      const hasTime = order_status !== 'delivered' || delivered_at !== '';
      return !isOff && hasTime && seller_count === '1';
    })
    .map(order)
    .sort((a, b) => a.purchased - b.purchased || (a.ref < b.ref ? -1 : 1));
}
