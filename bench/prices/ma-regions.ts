/**
 * Cities that lie alike priced as one: a class per order type and city is too many for one linear
 * programme when there are a hundred of each. Prices are made for regions, whose unit costs are the
 * means of their cities'; each order is still decided at its own city's costs.
 */
import type { MaInstance } from './ma-instance.ts';

/** Rounds of regrouping; it settles sooner. */
const MOST_ROUNDS = 50;

type Costs = readonly number[];

const distance = (a: Costs, b: Costs): number => a.reduce((sum, x, k) => sum + (x - b[k]!) ** 2, 0);

const nearest = (centres: readonly Costs[], point: Costs): number =>
  centres.reduce(
    (best, centre, r) => (distance(centre, point) < distance(centres[best]!, point) ? r : best),
    0,
  );

/** Unit costs of a city from each centre, the dummy included. */
function costsOf({ cities, fixedCost, unitCost }: MaInstance, city: number): Costs {
  return Array.from(fixedCost, (_, k) => unitCost[k * cities + city]!);
}

function meanOf(members: readonly number[], points: readonly Costs[], share: Float64Array): Costs {
  const total = members.reduce((sum, j) => sum + share[j]!, 0);
  const mean = (k: number) => members.reduce((sum, j) => sum + share[j]! * points[j]![k]!, 0);
  return points[0]!.map((_, k) => mean(k) / total);
}

/**
 * Region of each city: Lloyd's k-means on unit costs, weighted by population, started from the
 * largest city and then always the city farthest from all starts. Deterministic.
 */
export function regionsOf(instance: MaInstance, count: number): Int32Array {
  const points = Array.from({ length: instance.cities }, (_, j) => costsOf(instance, j));
  const centres: Costs[] = [points[0]!];
  while (centres.length < Math.min(count, points.length)) {
    const gap = (point: Costs) => distance(point, centres[nearest(centres, point)]!);
    centres.push(points.reduce((far, point) => (gap(point) > gap(far) ? point : far)));
  }
  let region = Int32Array.from(points, (point) => nearest(centres, point));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    centres.forEach((_, r) => {
      const members = points.flatMap((_, j) => (region[j] === r ? [j] : []));
      if (members.length > 0) centres[r] = meanOf(members, points, instance.cityShare);
    });
    const next = Int32Array.from(points, (point) => nearest(centres, point));
    if (next.every((r, j) => r === region[j])) break;
    region = next;
  }
  return region;
}

/** The instance with its cities merged into regions. */
export function mergeCities(instance: MaInstance, region: Int32Array, count: number): MaInstance {
  const cityShare = new Float64Array(count);
  const unitCost = new Float64Array(instance.fixedCost.length * count);
  region.forEach((r, j) => {
    cityShare[r]! += instance.cityShare[j]!;
    costsOf(instance, j).forEach((cost, k) => {
      unitCost[k * count + r]! += instance.cityShare[j]! * cost;
    });
  });
  const merged = unitCost.map((sum, index) => sum / cityShare[index % count]!);
  return { ...instance, cities: count, cityShare, unitCost: merged };
}
