/**
 * Areas on the map: which polygons and circles contain a point. The only file that uses Turf; a
 * bounding-box tree (Flatbush) keeps a look-up at O(log n + hits).
 */
import { bbox, booleanPointInPolygon, circle, distance, polygon } from '@turf/turf';
import Flatbush from 'flatbush';

type Position = readonly [number, number];
type Rings = readonly (readonly Position[])[];

/** A shape with the number its owner knows it by. Radius in metres, coordinates [lon, lat]. */
export type Area =
  | { readonly kind: 'polygon'; readonly owner: number; readonly rings: Rings }
  | {
      readonly kind: 'circle';
      readonly owner: number;
      readonly center: Position;
      readonly radiusMetres: number;
    };

/** Answers which shapes contain a position; edges belong to the shape. */
export type AreaIndex = (position: Position) => Area[];

const mutable = (rings: Rings): number[][][] => rings.map((ring) => ring.map(([x, y]) => [x, y]));

function boxOf(area: Area): number[] {
  if (area.kind === 'polygon') return bbox(polygon(mutable(area.rings)));
  // A polygon inscribed in the circle is a little small, hence the wider radius.
  const radius = area.radiusMetres * 1.02;
  return bbox(circle([...area.center], radius, { units: 'meters', steps: 32 }));
}

function contains(area: Area, position: Position): boolean {
  const point = [...position];
  if (area.kind === 'polygon') return booleanPointInPolygon(point, polygon(mutable(area.rings)));
  return distance(point, [...area.center], { units: 'meters' }) <= area.radiusMetres;
}

/** Builds the index. O(n log n). */
export function indexAreas(areas: readonly Area[]): AreaIndex {
  if (areas.length === 0) return () => [];
  const tree = new Flatbush(areas.length);
  for (const area of areas) {
    const [west, south, east, north] = boxOf(area);
    tree.add(west!, south!, east!, north!);
  }
  tree.finish();
  return (position) => {
    const [lon, lat] = position;
    // Boxes of circles across the antimeridian exceed ±180°, so both copies of the point count.
    const found = new Set<number>();
    for (const x of [lon, lon - 360, lon + 360]) {
      for (const i of tree.search(x, lat, x, lat)) found.add(i);
    }
    return [...found].map((i) => areas[i]!).filter((area) => contains(area, position));
  };
}
