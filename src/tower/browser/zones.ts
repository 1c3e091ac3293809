/** Whose zone times are shown in, and instants as elements that say so. */
import { h } from './element.ts';
import { places } from './places.ts';
import { taste } from './session.ts';
import { t } from './texts.ts';
import { instantIn, shortInstantIn, VIEWER_ZONE, zoneLabel } from './times.ts';

/** The viewer's own zone, or that of the warehouse concerned. */
export const zoneTaste = taste('zone', ['viewer', 'warehouse'], 'viewer');

/** The zone of most warehouses: where no single one is meant. */
function usualZone(): string {
  const counts = new Map<string, number>();
  for (const { time_zone } of places.get()?.answer.warehouses ?? []) {
    counts.set(time_zone, (counts.get(time_zone) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? VIEWER_ZONE;
}

/** The zone to show times in, for a warehouse or for the network as a whole. */
export function zoneFor(warehouse_id: string | null = null): string {
  if (zoneTaste.get() === 'viewer') return VIEWER_ZONE;
  const own = warehouse_id === null ? undefined : places.get()?.warehouses.get(warehouse_id);
  return own?.time_zone ?? usualZone();
}

/** "Times in Asia/Seoul (GMT+9), your zone". */
export function zoneSentence(warehouse_id: string | null = null): string {
  const zone = zoneFor(warehouse_id);
  const key = zoneTaste.get() === 'viewer' ? 'zone.sentence_viewer' : 'zone.sentence_warehouse';
  const label = zoneLabel(zone);
  return t(key, { zone: label === zone ? zone : `${zone} (${label})` });
}

/** An instant as an element; machines read it in UTC, people in their zone. */
export function when(at: string, warehouse_id: string | null = null): HTMLTimeElement {
  const zone = zoneFor(warehouse_id);
  return h('time', { datetime: at, title: `${at} · ${zone}` }, instantIn(zone, at));
}

/** The same in short, for tables. */
export function whenShort(at: string, warehouse_id: string | null = null): HTMLTimeElement {
  const zone = zoneFor(warehouse_id);
  const title = `${instantIn(zone, at)} · ${zone}`;
  return h('time', { datetime: at, title }, shortInstantIn(zone, at));
}
