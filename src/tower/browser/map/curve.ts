/** The way of a parcel on the map: a quadratic Bézier curve that bows a little to one side. */

export type Curve = readonly [number, number, number, number, number, number];
type Point = readonly [number, number];

/** How far a curve bows, as a share of its length. */
const BOW = 0.16;

/** The curve between two points. */
export function curveBetween([x0, y0]: Point, [x1, y1]: Point): Curve {
  return [x0, y0, (x0 + x1) / 2 + (y1 - y0) * BOW, (y0 + y1) / 2 - (x1 - x0) * BOW, x1, y1];
}

/** The point at share `p` of the way, one coordinate. */
export function along(a: number, control: number, b: number, p: number): number {
  const q = 1 - p;
  return q * q * a + 2 * q * p * control + p * p * b;
}
