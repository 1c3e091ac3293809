/**
 * The zones of the demo's network: one per place for the day, and in big towns another one for vans
 * that come before dawn, when nobody has to open.
 */
import type { Zone } from '../../domain/network.ts';
import type { Place } from './places.ts';
import { daily, sixDays } from './weeks.ts';

/** Fewer persons than this are no round of their own before dawn. */
const DAWN_PERSONS = 100_000;

/** True where vans come before dawn. */
export function hasDawnZone({ population, remote }: Place): boolean {
  return population >= DAWN_PERSONS && !remote;
}

/** Code of the zone that stands beside a place's own, for before dawn. */
export function dawnZoneId(zone_id: string): string {
  return `${zone_id}-dawn`;
}

/** The zones of all places. */
export function generateZones(places: readonly Place[]): Zone[] {
  return places.flatMap((place) => {
    const { id, remote } = place;
    const postal_prefixes = [...place.postal_prefixes];
    const zone = { id, country: 'KR', time_zone: 'Asia/Seoul', postal_prefixes };
    const day: Zone = {
      ...zone,
      ...(remote ? { remote } : {}),
      delivery_hours: {
        ...sixDays([['08:00', '22:00']] as [string, string][]),
        sun: [['09:00', '19:00']],
      },
    };
    if (!hasDawnZone(place)) return [day];
    const hours = daily([['03:00', '07:30']] as [string, string][]);
    return [day, { ...zone, id: dawnZoneId(id), delivery_hours: hours }];
  });
}
