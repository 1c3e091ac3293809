/** Which zones lie around which: what is known of a district says something of its streets. */
import type { ZoneInput } from '../types.ts';
import { normalPostalCode } from '../zones.ts';

/**
 * Each zone with the zones around it, by id, the narrowest first: of zones named by postal prefixes those
 * of the country whose prefixes begin all of its own (longer ones first), then the whole country. Circles
 * and polygons lie in their country only. O(prefixes × their length).
 */
export function containingZones(zones: readonly ZoneInput[]): ReadonlyMap<string, string[]> {
  const byPrefix = new Map<string, Set<string>>();
  const whole = Map.groupBy(
    zones.filter((zone) => !zone.postal_prefixes && !zone.polygon && !zone.circle),
    ({ country }) => country,
  );
  const prefixesOf = ({ country, postal_prefixes }: ZoneInput): string[] =>
    (postal_prefixes ?? []).map((prefix) => `${country}/${normalPostalCode(prefix)}`);
  for (const zone of zones) {
    for (const prefix of prefixesOf(zone)) {
      byPrefix.set(prefix, (byPrefix.get(prefix) ?? new Set()).add(zone.id));
    }
  }
  return new Map(
    zones.map((zone) => {
      const around = prefixesOf(zone).map((prefix) => zonesBeginning(byPrefix, prefix));
      const shared = (around[0] ?? []).filter((id) => around.every((ids) => ids.includes(id)));
      const countries = (whole.get(zone.country) ?? []).map(({ id }) => id);
      return [zone.id, [...new Set([zone.id, ...shared, ...countries])]];
    }),
  );
}

/** Zones with a prefix that this one begins with, the longest first. */
function zonesBeginning(byPrefix: ReadonlyMap<string, ReadonlySet<string>>, prefix: string) {
  const found: string[] = [];
  for (let length = prefix.length; length > prefix.indexOf('/'); length--) {
    found.push(...(byPrefix.get(prefix.slice(0, length)) ?? []));
  }
  return found;
}
