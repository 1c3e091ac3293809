/** Rules on places: a zone covers something, and what it covers is a sound shape. */
import type { Position, Zone } from './network.ts';
import { type FaultList, shown } from './network-faults.ts';
import type { CheckedNetwork } from './network-tables.ts';

/** Areas of zones. O(prefixes + points). */
export function checkPlaces(network: CheckedNetwork, faults: FaultList): void {
  network.zones.rows.forEach((zone, index) => {
    if (zone === null) return;
    const at = `/zones/${index}`;
    if (!zone.postal_prefixes && !zone.polygon && !zone.circle) {
      faults.add(at, 'got no area, expected postal_prefixes, a polygon or a circle');
    }
    checkPrefixes(zone, `${at}/postal_prefixes`, faults);
    zone.polygon?.forEach((ring, i) => {
      checkRing(ring, `${at}/polygon/${i}`, faults);
    });
  });
}

function checkPrefixes(zone: Zone, pointer: string, faults: FaultList): void {
  const seen = new Set<string>();
  zone.postal_prefixes?.forEach((prefix, index) => {
    const at = `${pointer}/${index}`;
    if (!/^[A-Za-z0-9][A-Za-z0-9 -]*$/.test(prefix)) {
      faults.add(at, `got ${shown(prefix)}, expected letters, digits, blanks and hyphens`);
      return;
    }
    const normal = prefix.toUpperCase().replace(/[^A-Z0-9]/g, '');
    if (seen.has(normal)) faults.add(at, `got ${shown(prefix)} again, expected it once`);
    seen.add(normal);
  });
}

/** A ring ends where it starts, encloses an area, and does not cross the antimeridian. */
function checkRing(ring: readonly Position[], pointer: string, faults: FaultList): void {
  const first = ring[0]!;
  const last = ring.at(-1)!;
  if (first[0] !== last[0] || first[1] !== last[1]) {
    const detail = `got a ring from ${point(first)} to ${point(last)}, expected it to end at its start`;
    faults.add(`${pointer}/${ring.length - 1}`, detail);
    return;
  }
  let doubled = 0;
  let west = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  ring.forEach(([lon, lat], index) => {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    const [nextLon, nextLat] = ring[(index + 1) % ring.length]!;
    doubled += lon * nextLat - nextLon * lat;
  });
  if (Math.abs(doubled) < 1e-12) faults.add(pointer, 'got a ring without area, expected a polygon');
  if (east - west > 180) {
    const detail = `got a ring ${east - west}° wide, expected 180° at most: cut it at the antimeridian`;
    faults.add(pointer, detail);
  }
}

function point(position: Position): string {
  return `[${position[0]}, ${position[1]}]`;
}
