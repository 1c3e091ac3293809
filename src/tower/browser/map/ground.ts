/** The map's still layers: land and lanes below the parcels, warehouses, hubs and names above them. */

import type { Lonlat } from '../places.ts';
import { type MapAnswer, type Places, warehouseName } from '../places.ts';
import { curveBetween } from './curve.ts';
import type { LandPaths } from './land.ts';
import type { Palette } from './palette.ts';
import { onScreen, type Sheet, type View } from './view.ts';

/** A warehouse as it is drawn. */
export interface Mark {
  readonly warehouse_id: string;
  readonly place: readonly [number, number];
  readonly radius: number;
  readonly load: number | null;
  readonly at_risk: number;
  readonly breached: number;
  readonly open: number;
}

export interface Ground {
  readonly sheet: Sheet;
  readonly places: Places;
  readonly map: MapAnswer | null;
  /** Where a zone is on the sheet; null = nobody has said. */
  zonePlace(zone_id: string): readonly [number, number] | null;
}

/** A picture of sea and land that is kept as long as the map is not moved. */
interface LandPicture {
  readonly of: string;
  readonly land: LandPaths | null;
  readonly palette: Palette;
  readonly canvas: OffscreenCanvas;
}

let picture: LandPicture | null = null;

/** Draws sea, land, line-haul and lanes. */
export function drawGround(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  land: LandPaths | null,
  ground: Ground | null,
): void {
  const { ratio, k } = view;
  const of = [view.width, view.height, ratio, k, view.x, view.y].join(' ');
  if (picture?.of !== of || picture.land !== land || picture.palette !== palette) {
    picture = { of, land, palette, canvas: drawLand(view, palette, land) };
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(picture.canvas, 0, 0);
  context.setTransform(ratio * k, 0, 0, ratio * k, view.x * ratio, view.y * ratio);
  context.lineJoin = 'round';
  if (ground === null) return;
  drawLegs(context, view, palette, ground);
  if (ground.map !== null) drawLanes(context, view, palette, ground, ground.map);
}

function drawLand(view: View, palette: Palette, land: LandPaths | null): OffscreenCanvas {
  const { width, height, ratio, k } = view;
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width * ratio)),
    Math.max(1, Math.round(height * ratio)),
  );
  const context = canvas.getContext('2d')!;
  context.fillStyle = palette.sea;
  context.fillRect(0, 0, canvas.width, canvas.height);
  if (land === null) return canvas;
  context.setTransform(ratio * k, 0, 0, ratio * k, view.x * ratio, view.y * ratio);
  context.lineJoin = 'round';
  context.lineWidth = 0.8 / k;
  context.strokeStyle = palette.coast;
  for (const [path, colour] of [
    [land.others, palette.land],
    [land.home, palette.home],
  ] as const) {
    context.fillStyle = colour;
    context.fill(path);
    context.stroke(path);
  }
  return canvas;
}

function drawLegs(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  { sheet, places: { answer } }: Ground,
): void {
  const hubs = new Map(answer.hubs.map((hub) => [hub.hub_id, hub.position as unknown as Lonlat]));
  context.strokeStyle = palette.leg;
  context.globalAlpha = 0.45;
  context.lineWidth = 0.7 / view.k;
  context.setLineDash([2 / view.k, 4 / view.k]);
  context.beginPath();
  for (const { from_hub_id, to_hub_id } of answer.legs) {
    const from = hubs.get(from_hub_id);
    const to = hubs.get(to_hub_id);
    // Both directions lie on one line: it is drawn once.
    if (from === undefined || to === undefined || from_hub_id > to_hub_id) continue;
    context.moveTo(...sheet.project(from));
    context.lineTo(...sheet.project(to));
  }
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawLanes(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  ground: Ground,
  map: MapAnswer,
): void {
  const { lanes } = map;
  const busiest = lanes[0]?.open ?? 1;
  context.lineCap = 'round';
  for (const lane of lanes) {
    const warehouse = ground.places.warehouses.get(lane.warehouse_id);
    const end = ground.zonePlace(lane.zone_id);
    if (warehouse === undefined || end === null) continue;
    const start = ground.sheet.project(warehouse.position as unknown as Lonlat);
    const [x0, y0, cx, cy, x1, y1] = curveBetween(start, end);
    const weight = Math.sqrt(lane.open / busiest);
    context.globalAlpha = 0.07 + 0.33 * weight;
    context.strokeStyle = lane.breached > 0 ? palette.breached : palette.lane;
    context.lineWidth = (0.5 + 1.3 * weight) / view.k;
    context.beginPath();
    context.moveTo(x0, y0);
    context.quadraticCurveTo(cx, cy, x1, y1);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** What is drawn of each warehouse. */
export function marksOf({ sheet, places, map }: Ground): Mark[] {
  const loads = new Map(map?.warehouses.map((one) => [one.warehouse_id, one]));
  return places.answer.warehouses.map((warehouse) => {
    const { warehouse_id, position, parcels_per_day } = warehouse;
    const now = loads.get(warehouse_id);
    const taken = now?.taken_today ?? null;
    const size = Math.sqrt((parcels_per_day ?? 1500) / 1500);
    return {
      warehouse_id,
      place: sheet.project(position as unknown as Lonlat),
      radius: Math.min(10, 4.2 + 1.6 * size),
      load: taken === null || !parcels_per_day ? null : taken / parcels_per_day,
      at_risk: now?.at_risk ?? 0,
      breached: now?.breached ?? 0,
      open: now?.open ?? 0,
    };
  });
}

/** Draws hubs, warehouses and as many names as find room. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  { sheet, places }: Ground,
  marks: readonly Mark[],
  chosen: string | null,
): void {
  const { ratio, width, height } = view;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  for (const hub of places.answer.hubs) {
    const [x, y] = onScreen(view, sheet.project(hub.position as unknown as Lonlat));
    context.save();
    context.translate(x, y);
    context.rotate(Math.PI / 4);
    context.fillStyle = palette.surface;
    context.strokeStyle = palette.hub;
    context.lineWidth = 1.4;
    context.fillRect(-3.4, -3.4, 6.8, 6.8);
    context.strokeRect(-3.4, -3.4, 6.8, 6.8);
    context.restore();
  }
  for (const mark of marks)
    drawWarehouse(context, view, palette, mark, mark.warehouse_id === chosen);
  drawNames(context, view, palette, marks, chosen);
}

function drawWarehouse(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  { place, radius, load, breached }: Mark,
  isChosen: boolean,
): void {
  const [x, y] = onScreen(view, place);
  const disc = (r: number) => {
    context.beginPath();
    context.arc(x, y, r, 0, Math.PI * 2);
  };
  context.fillStyle = palette.surface;
  disc(radius + 1.5);
  context.fill();
  context.lineWidth = 2.4;
  context.strokeStyle = palette.track;
  disc(radius);
  context.stroke();
  if (load !== null && load > 0) {
    const full = load > 1 ? palette.breached : load > 0.85 ? palette.at_risk : palette.load;
    context.strokeStyle = full;
    context.beginPath();
    context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + Math.PI * 2 * Math.min(1, load));
    context.stroke();
  }
  context.fillStyle = breached > 0 ? palette.breached : palette.ink;
  disc(Math.max(1.6, radius * 0.32));
  context.fill();
  if (!isChosen) return;
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.6;
  disc(radius + 5);
  context.stroke();
}

/** Names of the busiest warehouses first, each where it covers no other. */
function drawNames(
  context: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  marks: readonly Mark[],
  chosen: string | null,
): void {
  const taken: [number, number, number, number][] = [];
  context.font = '500 11px system-ui, "Noto Sans KR", sans-serif';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const first = (mark: Mark) =>
    mark.warehouse_id === chosen ? 1e9 : mark.radius * 100 + mark.open;
  for (const mark of marks.toSorted((a, b) => first(b) - first(a))) {
    const name = nameOf(mark.warehouse_id);
    const [x, y] = onScreen(view, mark.place);
    const wide = context.measureText(name).width;
    const right = x + mark.radius + 6;
    const isRoomy = right + wide < view.width;
    const left = isRoomy ? right : x - mark.radius - 6 - wide;
    const box: [number, number, number, number] = [left - 2, y - 8, left + wide + 2, y + 8];
    const isFree = taken.every(
      ([a, b, c, d]) => box[2] < a || box[0] > c || box[3] < b || box[1] > d,
    );
    if (!isFree || x > view.width || x < 0) continue;
    const reach = mark.radius + 3;
    taken.push(box, [x - reach, y - reach, x + reach, y + reach]);
    context.strokeStyle = palette.halo;
    context.lineWidth = 3;
    context.strokeText(name, left, y);
    context.fillStyle = palette.ink;
    context.fillText(name, left, y);
  }
}

/** The part of a name before its comma: maps have little room. */
function nameOf(warehouse_id: string): string {
  return warehouseName(warehouse_id).split(',', 1)[0]!;
}
