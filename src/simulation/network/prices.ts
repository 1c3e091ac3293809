/** Rate cards and transit times of the demo's carriers: a few levels of each kind of service. */
import type { Rate, RateCard, TransitTime } from '../../domain/network.ts';
import {
  CARRIER_KINDS,
  type CarrierKind,
  SERVICE_KINDS,
  type ServiceKind,
} from './service-kinds.ts';

/** How dear carriers are against each other, cheapest first. */
export const PRICE_LEVELS = [0.9, 0.94, 0.97, 1, 1.04, 1.08, 1.13, 1.2] as const;
/** How slow they are against each other, fastest first. */
export const SPEED_LEVELS = [0.95, 1, 1.05] as const;

/** How far a lane goes; names the rows of rate cards. */
export const DISTANCES = ['near', 'far', 'remote'] as const;
export type Distance = (typeof DISTANCES)[number];

const PRICE_OF: Readonly<Record<Distance, number>> = { near: 1, far: 1.1, remote: 1.9 };
/** Hours that a longer way takes on top. */
const HOURS_OF: Readonly<Record<Distance, number>> = { near: 0, far: 1, remote: 24 };
const BREAKS_GRAMS = [2_000, 5_000, 10_000, 20_000, 32_000, 80_000, 150_000, 400_000];
/** Parcels are billed by weight up to the first break and from there on by the kilogram. */
const FREE_KG = BREAKS_GRAMS[0]! / 1000;

/** Code of the rate card of a kind of service at a price level. */
export function cardId(kind: CarrierKind, service: ServiceKind, level: number): string {
  return `${kind}-${service.word}-p${level + 1}`;
}

/** Code of the transit time of a kind of service at a speed level. */
export function transitId(
  kind: CarrierKind,
  service: ServiceKind,
  level: number,
  distance: Distance,
): string {
  return `${kind}-${service.word}-s${level + 1}-${distance}`;
}

/** Every rate card that a service may name. */
export function generateRateCards(): RateCard[] {
  return everyKind((kind, service) =>
    PRICE_LEVELS.map((price, level) => ({
      id: cardId(kind, service, level),
      weight_breaks_grams: breaksOf(service),
      rates: Object.fromEntries(
        DISTANCES.map((distance) => [
          distance,
          breaksOf(service).map((grams) => rateOf(service, grams, price * PRICE_OF[distance])),
        ]),
      ),
      // Bulky goods are priced by weight: their volume is what the vans are built for.
      ...(kind === 'bulky' ? {} : { cm3_per_kg: 6_000 }),
      fuel_percent: 4,
      remote_surcharge: service.reach.to === 'radius' ? 0 : 1_500,
    })),
  );
}

/** Bands up to the first one that holds all that the service takes; volume may weigh more. */
function breaksOf({ most_grams }: ServiceKind): number[] {
  const last = BREAKS_GRAMS.findIndex((grams) => grams >= most_grams * 2);
  return last === -1 ? BREAKS_GRAMS : BREAKS_GRAMS.slice(0, last + 1);
}

function rateOf({ base, per_kg }: ServiceKind, grams: number, factor: number): Rate {
  if (grams === BREAKS_GRAMS[0]) return { base: Math.round(base * factor) };
  const rate = Math.round(per_kg * factor);
  return { base: Math.round(base * factor) - Math.round(rate * FREE_KG * 0.5), per_kg: rate };
}

/** Every transit time that a lane may name. */
export function generateTransitTimes(): TransitTime[] {
  return everyKind((kind, service) =>
    SPEED_LEVELS.flatMap((speed, level) =>
      DISTANCES.map((distance) => ({
        id: transitId(kind, service, level, distance),
        quantiles: quantilesOf(service, speed, HOURS_OF[distance]),
      })),
    ),
  );
}

/** From the two points of a kind of service to a distribution with a long right end. */
function quantilesOf(
  { hours: [usual, nearly_all] }: ServiceKind,
  speed: number,
  more_hours: number,
): [number, number][] {
  const spread = nearly_all - usual;
  const points: [number, number][] = [
    [0.02, usual - spread * 0.6],
    [0.5, usual],
    [0.8, usual + spread * 0.5],
    [0.95, nearly_all],
    [0.99, nearly_all + spread * 1.5],
    [1, nearly_all + spread * 3],
  ];
  return points.map(([share, hours]) => [
    share,
    Math.round((hours * speed + more_hours) * 60) * 60,
  ]);
}

function everyKind<T>(make: (kind: CarrierKind, service: ServiceKind) => T[]): T[] {
  return CARRIER_KINDS.flatMap((kind) =>
    SERVICE_KINDS[kind].flatMap((service) => make(kind, service)),
  );
}
