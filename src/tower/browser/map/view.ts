/**
 * Two spaces: the sheet, on which the network fills 1,000 units whatever the size of the window, and the
 * screen, which shows a part of the sheet. Parcels and outlines live on the sheet, so neither resizing nor
 * zooming moves them.
 */
import type { Lonlat, Places } from '../places.ts';
import { d3 } from '../vendor.ts';

/** Side of the square that the network's places fill. */
export const SHEET = 1000;

export interface Sheet {
  readonly projection: ReturnType<typeof d3.geoMercator>;
  /** A place of the world on the sheet. */
  project(place: Lonlat): [number, number];
  /** The part of the sheet that holds all places: left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
}

export interface View {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  /** CSS pixels per unit of the sheet, and where the sheet's corner is, CSS pixels. */
  k: number;
  x: number;
  y: number;
  /** The scale at which the whole network is seen. */
  readonly fit: number;
}

/** One town fills no map: at this scale some 100 km fill the sheet. */
const SCALE_MAX = 60_000;
/** Room around the network (px), and below it for the legend. */
const MARGIN = 34;
const LEGEND = 40;
const ZOOM_MIN = 0.5;
const ZOOM_MAX = 60;

/** The sheet of a network; without one, of the world. */
export function makeSheet(places: Places | null): Sheet {
  const projection = d3.geoMercator();
  const coordinates = places === null ? [] : positionsOf(places);
  const extent: [[number, number], [number, number]] = [
    [0, 0],
    [SHEET, SHEET],
  ];
  if (coordinates.length === 0) projection.fitExtent(extent, { type: 'Sphere' });
  else {
    const points = {
      type: 'MultiPoint' as const,
      coordinates: coordinates.map((place) => [...place]),
    };
    projection.fitExtent(extent, points);
    if (!(projection.scale() < SCALE_MAX)) {
      const middle = coordinates[0] as [number, number];
      projection
        .scale(SCALE_MAX)
        .center(middle)
        .translate([SHEET / 2, SHEET / 2]);
    }
  }
  const project = (place: Lonlat) => projection(place as [number, number])!;
  return { projection, project, box: boxOf(coordinates.map(project)) };
}

function positionsOf({ answer, zones }: Places): Lonlat[] {
  return [
    ...answer.warehouses.map(({ position }) => position as unknown as Lonlat),
    ...answer.hubs.map(({ position }) => position as unknown as Lonlat),
    ...[...zones.values()].filter((position) => position !== null),
  ];
}

function boxOf(points: readonly [number, number][]): readonly [number, number, number, number] {
  if (points.length === 0) return [0, 0, SHEET, SHEET];
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** The view that shows all places. */
export function fitView(
  { box: [left, top, right, bottom] }: Sheet,
  size: { readonly width: number; readonly height: number; readonly ratio: number },
): View {
  const width = Math.max(1, size.width);
  const height = Math.max(1, size.height);
  const least = SHEET / 4;
  const k = Math.min(
    (width - 2 * MARGIN) / Math.max(least, right - left),
    (height - 2 * MARGIN - LEGEND) / Math.max(least, bottom - top),
  );
  const fit = Math.max(0.02, k);
  const x = width / 2 - ((left + right) / 2) * fit;
  const y = (height - LEGEND) / 2 - ((top + bottom) / 2) * fit;
  return { width, height, ratio: size.ratio, k: fit, x, y, fit };
}

/** Where a point of the sheet is on the screen. */
export function onScreen(view: View, [x, y]: readonly [number, number]): [number, number] {
  return [x * view.k + view.x, y * view.k + view.y];
}

/** Zooms by `factor` around a point of the screen. */
export function zoomAt(view: View, factor: number, x: number, y: number): void {
  const { fit } = view;
  const k = Math.min(ZOOM_MAX * fit, Math.max(ZOOM_MIN * fit, view.k * factor));
  view.x = x - ((x - view.x) * k) / view.k;
  view.y = y - ((y - view.y) * k) / view.k;
  view.k = k;
}
