/** The outline of the land under the map, from the public-domain Natural Earth data (world-atlas). */
import type { Feature, MultiPolygon, Polygon, Position } from 'geojson';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { d3, topojson } from '../vendor.ts';
import { SHEET, type Sheet } from './view.ts';

type Country = Feature<Polygon | MultiPolygon>;
type Ring = Position[];

/** The outlines around one network, ready to be filled and stroked at any zoom. */
export interface LandPaths {
  /** Countries in which the network has a warehouse. */
  readonly home: Path2D;
  readonly others: Path2D;
}

let loading: Promise<readonly Country[]> | null = null;

/** Reads the outlines once; they are a megabyte and the browser keeps them. */
export function loadCountries(): Promise<readonly Country[]> {
  loading ??= fetch('/tower/vendor/countries-10m.json')
    .then((response) => response.json() as Promise<Topology<{ countries: GeometryCollection }>>)
    .then((world) => topojson.feature(world, world.objects.countries).features as Country[]);
  return loading;
}

/** How far beyond the network (in sheets) outlines are kept. */
const AROUND = 2.5;

/** Projects the outlines around a network. Some 50 ms, once per network. */
export function landPaths(
  countries: readonly Country[],
  { projection }: Sheet,
  homes: readonly (readonly [number, number])[],
): LandPaths {
  const low = -AROUND * SHEET;
  const high = (1 + AROUND) * SHEET;
  const [west, north] = projection.invert?.([low, low]) ?? [-180, 85];
  const [east, south] = projection.invert?.([high, high]) ?? [180, -85];
  const home = new Path2D();
  const others = new Path2D();
  projection.clipExtent([
    [low, low],
    [high, high],
  ]);
  for (const country of countries) {
    const near = ringsOf(country).filter((ring) => meets(ring, { west, east, south, north }));
    if (near.length === 0) continue;
    const isHome = homes.some((place) => near.some((ring) => holds(ring, place)));
    const part = { type: 'MultiPolygon' as const, coordinates: near.map((ring) => [ring]) };
    d3.geoPath(projection, (isHome ? home : others) as unknown as CanvasRenderingContext2D)(part);
  }
  projection.clipExtent(null);
  return { home, others };
}

/** Outer rings; the few holes (lakes, enclaves) do not matter here. */
function ringsOf({ geometry }: Country): Ring[] {
  if (geometry.type === 'Polygon') return geometry.coordinates.slice(0, 1);
  return geometry.coordinates.map((polygon) => polygon[0]!);
}

function meets(
  ring: Ring,
  box: { west: number; east: number; south: number; north: number },
): boolean {
  let west = 180;
  let east = -180;
  let south = 90;
  let north = -90;
  for (const point of ring) {
    const lon = point[0]!;
    const lat = point[1]!;
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  if (east - west > 300) return false;
  return west < box.east && east > box.west && south < box.north && north > box.south;
}

/** Ray casting. */
function holds(ring: Ring, [lon, lat]: readonly [number, number]): boolean {
  let isInside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [ax, ay] = ring[at] as [number, number];
    const [bx, by] = ring[before] as [number, number];
    if (ay > lat !== by > lat && lon < ((bx - ax) * (lat - ay)) / (by - ay) + ax) {
      isInside = !isInside;
    }
  }
  return isInside;
}
