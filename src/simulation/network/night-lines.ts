/**
 * What some national carriers sell over their own trucks: collected in the evening, through the night
 * from hub to hub, at the door the next day. The engine finds the way in the timetables.
 */
import type { Service, TransitTime } from '../../domain/network.ts';
import type { Hub, Leg } from './line-haul.ts';
import { metresBetween, type Place } from './places.ts';
import { cardId } from './prices.ts';
import { limitsOf, SERVICE_KINDS } from './service-kinds.ts';
import type { Site } from './sites.ts';
import { sixDays } from './weeks.ts';

/** Carriers that sell it, of those with trucks: the first of their kind. */
const CARRIERS_OVER_HUBS = 4;
/** It is priced and limited as the kind of service that it stands beside. */
const STANDARD = SERVICE_KINDS.parcel[0]!;
const PARCELS_PER_DAY = 20_000;

const hours = (points: readonly (readonly [number, number])[]): [number, number][] =>
  points.map(([share, hour]) => [share, Math.round(hour * 3600)]);

/** From the gate to the hub, and from the hub to the door. */
export const LINE_TIMES: readonly TransitTime[] = [
  {
    id: 'line-van',
    quantiles: hours([
      [0.02, 1],
      [0.5, 1.8],
      [0.95, 3],
      [1, 4],
    ]),
  },
  {
    id: 'line-door',
    quantiles: hours([
      [0.02, 4],
      [0.5, 6.5],
      [0.95, 9],
      [0.99, 10.5],
      [1, 12],
    ]),
  },
];

/** Services over hubs: one a carrier, with a lane for each pair of its hubs. */
export function generateNightLines(
  { places, sites }: { readonly places: readonly Place[]; readonly sites: readonly Site[] },
  { hubs, legs }: { readonly hubs: readonly Hub[]; readonly legs: readonly Leg[] },
): Service[] {
  const carriers = [...new Set(legs.map((leg) => leg.carrier_id))].filter((id) =>
    id.startsWith('parcel-'),
  );
  return carriers.slice(0, CARRIERS_OVER_HUBS).map((carrier_id, level) => {
    const own = legs.filter((leg) => leg.carrier_id === carrier_id);
    const ids = new Set(own.flatMap((leg) => [leg.from_hub_id, leg.to_hub_id]));
    return {
      ...{ id: `${carrier_id}.night-line`, carrier_id, name: 'night line' },
      rate_card_id: cardId('parcel', STANDARD, level % 2),
      pickups: sixDays(['18:00']),
      lanes: lanesOf(
        carrier_id,
        hubs.filter((hub) => ids.has(hub.id)),
        { places, sites },
      ),
      ...limitsOf(STANDARD),
      parcels_per_day: PARCELS_PER_DAY,
    };
  });
}

/** From the warehouses nearest to each hub to the places nearest to each; islands are left to others. */
function lanesOf(
  carrier_id: string,
  hubs: readonly Hub[],
  { places, sites }: { readonly places: readonly Place[]; readonly sites: readonly Site[] },
): Service['lanes'] {
  const nearest = (position: readonly [number, number]) =>
    hubs.reduce((best, hub) =>
      metresBetween(hub.position, position) < metresBetween(best.position, position) ? hub : best,
    );
  const starts = Map.groupBy(sites, ({ warehouse }) => nearest(warehouse.position).id);
  const mainland = places.filter((place) => !place.remote);
  const ends = Map.groupBy(mainland, (place) => nearest(place.position).id);
  return [...starts].flatMap(([from, own]) =>
    [...ends].map(([to, near]) => ({
      warehouses: own.map(({ warehouse }) => warehouse.id),
      zones: near.map((place) => place.id),
      rate_area: from === to ? 'near' : 'far',
      via: {
        first_mile: [{ hub_id: from, transit_time_id: 'line-van' }],
        last_mile: [{ hub_id: to, transit_time_id: 'line-door' }],
        carriers: [carrier_id],
      },
    })),
  );
}
