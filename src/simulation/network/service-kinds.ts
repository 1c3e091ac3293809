/**
 * What carriers of the demo's network sell: for each kind of carrier its services, which differ in
 * reach, speed, price, pickups, handling and size. Money in won.
 */
import type { Service, Temperature, WeeklyTimes } from '../../domain/network.ts';
import type { SiteKind } from './sites.ts';
import { daily, sixDays, weekend, workdays } from './weeks.ts';

/** Kinds of carrier, by the first word of their codes. */
export const CARRIER_KINDS = [
  'parcel',
  'regional',
  'dawn',
  'bike',
  'cold',
  'bulky',
  'budget',
] as const;
export type CarrierKind = (typeof CARRIER_KINDS)[number];

/** How many carriers of each kind at scale 1. */
export const CARRIERS: Readonly<Record<CarrierKind, number>> = {
  parcel: 8,
  regional: 64,
  dawn: 14,
  bike: 120,
  cold: 26,
  bulky: 24,
  budget: 60,
};

/** Where a kind of carrier goes. */
export type Reach =
  /** From any warehouse to anywhere. */
  | { readonly to: 'country' }
  /** From the warehouses of its region to anywhere. */
  | { readonly to: 'country'; readonly from: 'region' }
  /** From the warehouses of its region to its region. */
  | { readonly to: 'region' }
  /** From near warehouses to near doors. */
  | { readonly to: 'radius'; readonly metres: number };

/** One thing that every carrier of a kind sells, each at its own price and speed. */
export interface ServiceKind {
  readonly word: string;
  readonly reach: Reach;
  /** Kinds of warehouse that it picks up from; all if missing. */
  readonly sites?: readonly SiteKind[];
  /** Doors are served before dawn, also while people sleep. */
  readonly at_dawn?: true;
  readonly pickups: WeeklyTimes;
  /** Hours from pickup to door on a near lane, for half the parcels and for 95 of 100. */
  readonly hours: readonly [usual: number, nearly_all: number];
  /** Won for a parcel of up to 2 kg on a near lane, and per kg beyond. */
  readonly base: number;
  readonly per_kg: number;
  readonly most_grams: number;
  readonly most_mm: number;
  readonly temperatures?: Temperature[];
  readonly hazardous?: true;
  /** Parcels a day of one carrier. */
  readonly parcels_per_day: number;
}

const LATE = ['18:00', '21:30'];
const COUNTRY = { to: 'country' } as const;
const REGION = { to: 'region' } as const;
const FROM_REGION = { to: 'country', from: 'region' } as const;
const CENTRES: readonly SiteKind[] = ['national', 'regional'];
const CITY: readonly SiteKind[] = ['dawn', 'shop'];
const SMALL = { most_grams: 25_000, most_mm: 1_200 };
const HANDY = { most_grams: 10_000, most_mm: 600 };
const hourly = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, hour) => `${String(from + hour).padStart(2, '0')}:00`);

/** The services of each kind of carrier. */
export const SERVICE_KINDS: Readonly<Record<CarrierKind, readonly ServiceKind[]>> = {
  parcel: [
    {
      ...{ word: 'standard', reach: COUNTRY, pickups: sixDays(LATE), hours: [17, 22.5], ...SMALL },
      ...{ base: 2_700, per_kg: 110, parcels_per_day: 60_000 },
    },
    {
      ...{ word: 'priority', reach: COUNTRY, pickups: daily(LATE), hours: [14, 17], ...SMALL },
      ...{ base: 3_900, per_kg: 160, parcels_per_day: 15_000 },
    },
    {
      ...{ word: 'saver', reach: COUNTRY, pickups: workdays(['18:00']), hours: [41, 46], ...SMALL },
      ...{ base: 2_250, per_kg: 90, parcels_per_day: 40_000 },
    },
    {
      ...{ word: 'heavy', reach: COUNTRY, pickups: sixDays(['17:00']), hours: [40, 46] },
      ...{ most_grams: 32_000, most_mm: 1_600, hazardous: true },
      ...{ base: 4_900, per_kg: 190, parcels_per_day: 8_000 },
    },
  ],
  regional: [
    {
      ...{ word: 'next-day', reach: REGION, pickups: sixDays(LATE), hours: [14, 19], ...SMALL },
      ...{ base: 2_450, per_kg: 100, parcels_per_day: 4_000 },
    },
    {
      ...{ word: 'same-day', reach: REGION, pickups: sixDays(['11:00', '13:30']), hours: [6, 8] },
      ...{ ...HANDY, base: 4_300, per_kg: 180, parcels_per_day: 900 },
    },
    {
      ...{ word: 'saver', reach: REGION, pickups: workdays(['17:30']), hours: [39, 46], ...SMALL },
      ...{ base: 2_050, per_kg: 85, parcels_per_day: 3_000 },
    },
    {
      ...{ word: 'ground', reach: REGION, pickups: workdays(['16:00']), hours: [41, 47] },
      ...{ most_grams: 30_000, most_mm: 1_500, hazardous: true },
      ...{ base: 3_400, per_kg: 140, parcels_per_day: 1_200 },
    },
  ],
  dawn: [
    {
      ...{ word: 'before-dawn', reach: { to: 'radius', metres: 45_000 }, sites: ['dawn'] },
      ...{ at_dawn: true, pickups: daily(['00:30']), hours: [4, 5.5], ...HANDY },
      ...{ temperatures: ['ambient', 'chilled', 'frozen'] },
      ...{ base: 4_400, per_kg: 150, parcels_per_day: 1_500 },
    },
    {
      ...{ word: 'by-breakfast', reach: { to: 'radius', metres: 60_000 }, sites: ['dawn'] },
      ...{ at_dawn: true, pickups: daily(['01:00']), hours: [4.5, 5.8], ...HANDY },
      ...{ temperatures: ['ambient', 'chilled'] },
      ...{ base: 3_700, per_kg: 130, parcels_per_day: 1_500 },
    },
    {
      ...{ word: 'evening', reach: { to: 'radius', metres: 35_000 }, sites: ['dawn'] },
      ...{ pickups: daily(['16:00', '17:30']), hours: [3, 3.4], ...HANDY },
      ...{ temperatures: ['ambient', 'chilled', 'frozen'] },
      ...{ base: 4_900, per_kg: 170, parcels_per_day: 600 },
    },
  ],
  bike: [
    {
      ...{ word: 'now', reach: { to: 'radius', metres: 9_000 }, sites: CITY },
      ...{ pickups: daily(hourly(11, 20)), hours: [0.8, 1.8], most_grams: 7_000, most_mm: 450 },
      ...{ temperatures: ['ambient', 'chilled'] },
      ...{ base: 5_400, per_kg: 260, parcels_per_day: 120 },
    },
    {
      ...{ word: 'today', reach: { to: 'radius', metres: 14_000 }, sites: CITY },
      ...{ pickups: daily(['12:30', '15:30', '18:30']), hours: [1.8, 2.6] },
      ...{ most_grams: 12_000, most_mm: 600 },
      ...{ base: 3_900, per_kg: 190, parcels_per_day: 160 },
    },
    {
      ...{ word: 'weekend', reach: { to: 'radius', metres: 12_000 }, sites: CITY },
      ...{ pickups: weekend(['11:30', '14:30', '17:30']), hours: [1.5, 2.4] },
      ...{ most_grams: 12_000, most_mm: 600 },
      ...{ base: 3_700, per_kg: 180, parcels_per_day: 160 },
    },
  ],
  cold: [
    {
      ...{ word: 'chilled', reach: COUNTRY, sites: CENTRES, pickups: daily(LATE), ...SMALL },
      ...{ hours: [15, 19], temperatures: ['ambient', 'chilled'] },
      ...{ base: 4_600, per_kg: 200, parcels_per_day: 2_500 },
    },
    {
      ...{ word: 'frozen', reach: COUNTRY, pickups: daily(LATE), ...SMALL },
      ...{ hours: [15, 19], temperatures: ['ambient', 'chilled', 'frozen'] },
      ...{ base: 5_600, per_kg: 230, parcels_per_day: 2_000 },
    },
    {
      ...{ word: 'same-day', reach: REGION, pickups: daily(['11:30']), ...HANDY },
      ...{ hours: [6.5, 8.5], temperatures: ['ambient', 'chilled', 'frozen'] },
      ...{ base: 8_900, per_kg: 300, parcels_per_day: 300 },
    },
  ],
  bulky: [
    {
      ...{ word: 'two-person', reach: COUNTRY, sites: CENTRES, pickups: sixDays(['15:00']) },
      ...{ hours: [41, 46], most_grams: 150_000, most_mm: 2_600 },
      ...{ base: 22_000, per_kg: 350, parcels_per_day: 250 },
    },
    {
      ...{ word: 'kerbside', reach: FROM_REGION, sites: CENTRES, pickups: workdays(['14:00']) },
      ...{ hours: [41, 47], most_grams: 80_000, most_mm: 2_200 },
      ...{ base: 12_500, per_kg: 260, parcels_per_day: 400 },
    },
    {
      ...{ word: 'freight', reach: FROM_REGION, sites: CENTRES, pickups: workdays(['16:30']) },
      ...{ hours: [42, 48], most_grams: 400_000, most_mm: 3_000, hazardous: true },
      ...{ base: 16_500, per_kg: 120, parcels_per_day: 300 },
    },
  ],
  budget: [
    {
      ...{ word: 'economy', reach: FROM_REGION, pickups: workdays(['17:00']), hours: [40, 48] },
      ...{ ...SMALL, base: 1_850, per_kg: 70, parcels_per_day: 2_500 },
    },
    {
      ...{ word: 'light', reach: FROM_REGION, pickups: workdays(['16:00']), hours: [41, 49] },
      ...{ most_grams: 2_000, most_mm: 350, base: 1_600, per_kg: 60, parcels_per_day: 2_500 },
    },
    {
      ...{ word: 'weekend', reach: FROM_REGION, pickups: weekend(['15:00']), hours: [42, 48] },
      ...{ ...HANDY, base: 2_000, per_kg: 80, parcels_per_day: 800 },
    },
  ],
};

/** The handling and size of a service of this kind, as the network's document says it. */
export function limitsOf(kind: ServiceKind): Partial<Service> {
  return {
    ...(kind.temperatures === undefined ? {} : { temperatures: kind.temperatures }),
    ...(kind.hazardous === undefined ? {} : { hazardous: true }),
    max_weight_grams: kind.most_grams,
    max_length_mm: kind.most_mm,
  };
}
