/** What the map shows now, and how it is drawn anew when something about it has changed. */
import { type Lonlat, type MapAnswer, type Places, places } from '../places.ts';
import type { DotLayer } from './dots.ts';
import { drawGround, drawMarks, type Ground, type Mark, marksOf } from './ground.ts';
import { type LandPaths, landPaths, loadCountries } from './land.ts';
import { type Palette, readPalette } from './palette.ts';
import type { Atlas } from './traffic.ts';
import { fitView, makeSheet, onScreen, type Sheet, type View } from './view.ts';

export interface Chart {
  sheet: Sheet;
  view: View;
  palette: Palette;
  land: LandPaths | null;
  ground: Ground | null;
  marks: Mark[];
  chosen: string | null;
  /** The still layers must be drawn again. */
  isStale: boolean;
}

/** The map's canvases, from the lowest. */
export type Canvases = readonly [
  ground: HTMLCanvasElement,
  dots: HTMLCanvasElement,
  marks: HTMLCanvasElement,
];

/** More device pixels than this per CSS pixel are not worth their time. */
const RATIO_MAX = 2;
/** Marks are hit this far (px) beyond their edge. */
const REACH = 5;

/** A chart of nothing yet. */
export function newChart(): Chart {
  const sheet = makeSheet(null);
  return {
    ...{ sheet, view: fitView(sheet, { width: 1, height: 1, ratio: 1 }), palette: readPalette() },
    ...{ land: null, ground: null, marks: [], chosen: null, isStale: true },
  };
}

/** Fits the whole network into the size the map has now. */
export function fitChart(
  chart: Chart,
  canvases: Canvases,
  dots: DotLayer,
  { width, height }: { width: number; height: number },
): void {
  const ratio = Math.min(RATIO_MAX, devicePixelRatio || 1);
  chart.view = fitView(chart.sheet, { width, height, ratio });
  chart.palette = readPalette();
  for (const canvas of canvases) {
    canvas.width = Math.round(chart.view.width * ratio);
    canvas.height = Math.round(chart.view.height * ratio);
  }
  dots.resize(chart.view);
  chart.isStale = true;
}

/** Takes over another network: its sheet, and the outlines of the land around it. */
export async function layOut(chart: Chart, known: Places): Promise<void> {
  const sheet = makeSheet(known);
  chart.sheet = sheet;
  chart.ground = groundOf(sheet, known, null);
  chart.marks = marksOf(chart.ground);
  chart.land = null;
  const countries = await loadCountries();
  if (chart.sheet !== sheet) return;
  const homes = known.answer.warehouses.map(({ position }) => position as unknown as Lonlat);
  chart.land = landPaths(countries, sheet, homes);
  chart.isStale = true;
}

/** What the still layers are drawn from. */
export function groundOf(sheet: Sheet, known: Places, map: MapAnswer | null): Ground {
  const byOrders = new Map<string, Lonlat>();
  for (const { zone_id, position } of map?.lanes ?? []) {
    if (position !== null) byOrders.set(zone_id, position as unknown as Lonlat);
  }
  return {
    ...{ sheet, places: known, map },
    zonePlace: (zone_id) => {
      const place = known.zones.get(zone_id) ?? byOrders.get(zone_id) ?? null;
      return place === null ? null : sheet.project(place);
    },
  };
}

/** Where things are on the sheet, for the parcels. */
export function atlasOf(chart: Chart): Atlas {
  return {
    warehouse: (id) => {
      const place = places.get()?.warehouses.get(id)?.position;
      return place === undefined ? null : chart.sheet.project(place as unknown as Lonlat);
    },
    zone: (id) => chart.ground?.zonePlace(id) ?? null,
    point: (place) => chart.sheet.project(place),
  };
}

/** Draws the still layers if they have changed. */
export function redraw(chart: Chart, [ground, , marks]: Canvases): void {
  if (!chart.isStale) return;
  chart.isStale = false;
  const { view, palette } = chart;
  drawGround(ground.getContext('2d')!, view, palette, chart.land, chart.ground);
  const above = marks.getContext('2d')!;
  if (chart.ground !== null) {
    drawMarks(above, view, palette, chart.ground, chart.marks, chart.chosen);
  }
}

/** The warehouse under a point of the screen. */
export function markAt({ marks, view }: Chart, x: number, y: number): Mark | null {
  let best: Mark | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const mark of marks) {
    const [mx, my] = onScreen(view, mark.place);
    const distance = Math.hypot(mx - x, my - y);
    if (distance > mark.radius + REACH || distance >= nearest) continue;
    nearest = distance;
    best = mark;
  }
  return best;
}
