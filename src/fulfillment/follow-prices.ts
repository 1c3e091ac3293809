/**
 * Part of PRICE: where no new prices could be solved, the last ones follow what was used since, as a set
 * of its own that decisions name and are made again with. They grow stale when those they follow do.
 */
import { listSlots } from '../../db/capacity.ts';
import { inTransaction } from '../../db/database.ts';
import {
  findCurrentPriceSet,
  getPriceSet,
  type PriceSet,
  type StoredCourse,
  type StoredCourses,
} from '../../db/prices.ts';
import { listFreeStock } from '../../db/stock.ts';
import { followCourses, seasonalHours } from '../../routing/index.ts';
import { secondsOf } from '../domain/instants.ts';
import type { Engine } from './engine.ts';
import type { Outlook } from './look-ahead.ts';

/** The courses with the prices above 0 that are on them. */
export function pricesOn(course: StoredCourses): Pick<PriceSet, 'course' | 'prices' | 'capacity'> {
  return {
    course,
    prices: course.stock.flatMap(([warehouse_id, sku_id, [price]]) =>
      price > 0 ? [[warehouse_id, sku_id, price] as const] : [],
    ),
    capacity: course.capacity.flatMap(([resource, slot_seconds, [price]]) =>
      price > 0 ? [[resource, slot_seconds, price] as const] : [],
    ),
  };
}

/** The set in force, moved on until now; null where there is none, or nothing on it to move. */
export async function followedSet(
  engine: Engine,
  { at, at_seconds, season }: Pick<Outlook, 'at' | 'at_seconds' | 'season'>,
): Promise<PriceSet | null> {
  const read = await inTransaction(engine.database, async (tx) => {
    const last_id = await findCurrentPriceSet(tx, at);
    if (last_id === undefined) return null;
    const last = await getPriceSet(tx, last_id);
    const slots = last.course.capacity.map(([resource, slot_seconds]) => {
      return { resource, slot_seconds };
    });
    const free = await listFreeStock(tx, [...new Set(last.course.stock.map(([, sku]) => sku))]);
    return { last, free, used: await listSlots(tx, slots) };
  });
  if (read === null) return null;
  const { last, free, used } = read;
  const { stock, capacity } = last.course;
  if (stock.length + capacity.length === 0) return null;
  const [from, until] = [secondsOf(last.computed_at), secondsOf(last.horizon_until)];
  const hours = (to: number) => seasonalHours(season.shape, from, to);
  const share = Math.min(1, hours(at_seconds) / hours(until));
  const units = sumsOf(
    free,
    (row) => [row.warehouse_id, row.sku_id],
    (row) => row.available,
  );
  const taken = sumsOf(
    used,
    (row) => [row.resource, row.slot_seconds],
    (row) => row.used,
  );
  const course = {
    stock: moved(stock, (key) => units.get(key) ?? 0, share),
    capacity: moved(capacity, (key) => -(taken.get(key) ?? 0), share),
  };
  const own = { price_set_id: engine.newId(), computed_at: at, follows: last.price_set_id };
  return { ...last, ...own, ...pricesOn(course) };
}

function sumsOf<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => readonly [string, string | number],
  of: (row: Row) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(nameOf(row));
    sums.set(key, (sums.get(key) ?? 0) + of(row));
  }
  return sums;
}

/** What is named, with its course moved on to its level now. */
function moved<N extends string | number>(
  named: readonly (readonly [string, N, StoredCourse])[],
  levelOf: (key: string) => number,
  share: number,
): [string, N, StoredCourse][] {
  const courses = named.map(([, , [price, planned, level, cap]]) => ({
    price,
    planned,
    level,
    cap,
  }));
  const levels = named.map(([a, b]) => levelOf(JSON.stringify([a, b])));
  return followCourses(courses, levels, share).map(({ price, planned, level, cap }, i) => {
    const [a, b] = named[i]!;
    return [a, b, [price, planned, level, cap]];
  });
}
