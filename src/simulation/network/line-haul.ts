/**
 * Hubs where parcels change vehicles, and the timetables of the trucks between them. Some services go
 * over them (`night-lines.ts`); all carriers with trucks scan their parcels at the hubs.
 */
import type { Carrier, Network } from '../../domain/network.ts';
import { randomFor } from '../random.ts';
import { metresBetween, type Place } from './places.ts';
import { sixDays } from './weeks.ts';

export type Hub = Network['hubs'][number];
export type Leg = Network['legs'][number];

/** Real places at the motorways: every one that exists among the places becomes a hub. */
const HUB_PLACES = [
  ...['Okcheon', 'Daejeon 1', 'Gunpo', 'Icheon', 'Wonju', 'Cheongju 1', 'Gumi', 'Daegu 1'],
  ...['Kimhae', 'Busan 2', 'Gwangju 1', 'Jeonju 1', 'Suncheon', 'Gangneung', 'Jeju', 'Osan'],
];
const TRUCK_METRES_PER_SECOND = 18;
/** Unloading and loading, and a ferry where the way leads over the sea. */
const TURN_SECONDS = 45 * 60;
/** From a truck's arrival to the next departure that its parcels can catch. */
const SORT_SECONDS = 30 * 60;
const FERRY_SECONDS = 8 * 3600;
const NIGHT = ['20:30', '22:00', '23:30'];
const LATE_NIGHT = ['01:00', '02:30'];

/** Hubs, and every national carrier's trucks: from each hub to the main one and back. */
export function generateLineHaul(
  seed: number,
  places: readonly Place[],
  carriers: readonly Carrier[],
): { hubs: Hub[]; legs: Leg[] } {
  const found = HUB_PLACES.flatMap((name) => places.find((place) => place.name === name) ?? []);
  const hubs = found.map((place) => ({
    id: hubId(place),
    name: `${place.name} hub`,
    position: [...place.position] as [number, number],
    time_zone: 'Asia/Seoul',
    transfer_seconds: SORT_SECONDS,
  }));
  const legs = carriers
    .filter((carrier) => /^(?:parcel|cold|budget)-/.test(carrier.id))
    .flatMap((carrier) => legsOf(seed, carrier, found));
  return { hubs, legs };
}

/** Every carrier has its own main hub: trucks run there in the evening and back in the night. */
function legsOf(seed: number, carrier: Carrier, places: readonly Place[]): Leg[] {
  const random = randomFor(seed, 'legs', carrier.id);
  const main = random.pick(places.filter((place) => !place.remote));
  const others = places.filter((place) => place !== main && (place.remote || random.chance(0.6)));
  return others.flatMap((other) => {
    const metres = metresBetween(main.position, other.position);
    const ferry = other.remote ? FERRY_SECONDS : 0;
    const duration_seconds = Math.round(metres / TRUCK_METRES_PER_SECOND) + TURN_SECONDS + ferry;
    const leg = (from: Place, to: Place, times: string[]) => ({
      id: `${carrier.id}.${hubId(from)}.${hubId(to)}`,
      carrier_id: carrier.id,
      from_hub_id: hubId(from),
      to_hub_id: hubId(to),
      departures: sixDays(times),
      duration_seconds,
    });
    return [leg(other, main, NIGHT), leg(main, other, LATE_NIGHT)];
  });
}

function hubId(place: Place): string {
  return `hub-${place.name.toLowerCase().replaceAll(' ', '-')}`;
}
