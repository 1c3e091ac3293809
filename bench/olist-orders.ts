/**
 * Olist's orders: what is known of each at its purchase, and the events after it. Orders
 * that were cancelled have no promise to keep and are left out, as are those of several sellers, whose
 * columns speak of the first only.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/** Where an order goes from or to; the position is the centre of the prefix, if known. */
export interface OlistPlace {
  readonly state: string;
  readonly zip: string;
  readonly position: readonly [longitude: number, latitude: number] | null;
}

/** One order; instants in epoch seconds. */
export interface OlistOrder {
  readonly ref: string;
  readonly month: string;
  readonly purchased: number;
  readonly handed_over: number | null;
  readonly delivered: number | null;
  /** The retailer's own promise is a date: its first second, and the first one after it. */
  readonly estimated_from: number;
  readonly estimated_until: number;
  readonly seller: string;
  readonly from: OlistPlace;
  readonly to: OlistPlace;
  /** How many real orders it stands for. */
  readonly weight: number;
}

const ZONE = 'America/Sao_Paulo';
/** Delivered orders of the whole data set for each one in the extract; see the data's README. */
const DELIVERED_WEIGHT = 96_478 / 4930;

type Row = Readonly<Record<string, string>>;

const local = (text: string): Temporal.ZonedDateTime =>
  Temporal.PlainDateTime.from(text).toZonedDateTime(ZONE);
const seconds = (text: string): number => Math.floor(local(text).epochMilliseconds / 1000);
const maybe = (text: string): number | null => (text === '' ? null : seconds(text));

function place(row: Row, party: 'seller' | 'customer'): OlistPlace {
  const [lon, lat] = [row[`${party}_lon`]!, row[`${party}_lat`]!];
  return {
    state: row[`${party}_state`]!,
    zip: row[`${party}_zip_prefix`]!,
    position: lon === '' || lat === '' ? null : [Number(lon), Number(lat)],
  };
}

function order(row: Row): OlistOrder {
  const isDelivered = row.order_status === 'delivered';
  const date = Temporal.PlainDateTime.from(row.estimated_delivery_at!).toPlainDate();
  const start = (day: Temporal.PlainDate): number =>
    Math.floor(day.toZonedDateTime(ZONE).epochMilliseconds / 1000);
  return {
    ref: row.order_ref!,
    month: row.purchased_at!.slice(0, 7),
    purchased: seconds(row.purchased_at!),
    handed_over: maybe(row.handed_over_at!),
    delivered: isDelivered ? maybe(row.delivered_at!) : null,
    estimated_from: start(date),
    estimated_until: start(date.add({ days: 1 })),
    seller: row.seller_ref!,
    from: place(row, 'seller'),
    to: place(row, 'customer'),
    weight: isDelivered ? DELIVERED_WEIGHT : 1,
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
