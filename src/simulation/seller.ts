/** A seller: looks at its shelves every morning and sends what runs out. */
import type { Seller, Sku, Warehouse } from '../domain/network.ts';
import { localTime, openAt } from './calendar.ts';
import type { Party } from './http-party.ts';
import type { StockPage, StockSeen } from './protocol.ts';
import { chanceOf, randomFor } from './random.ts';
import { type Stage, textOf } from './stage.ts';
import {
  FRESH_LIFE_DAYS,
  lotOf,
  mayHold,
  refillOf,
  type ShelfLine,
  shelfRefillOf,
} from './stocking.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A first look comes within so many hours of the beginning, each seller in its own time. */
const FIRST_LOOK_HOURS = 8;
/** A truck is under way for so many hours. */
const WAY_HOURS = [10, 30] as const;
/** Lines of one notice, as many as the interface takes. */
const NOTICE_LINES = 200;
const LIST_ITEMS = 500;
/** Goods that expire within so many days are as good as gone. */
const TOO_OLD_DAYS = 5;
/** Warehouses beyond this many parcels a day are centres, to which goods are sent. */
const CENTRE_PARCELS = 10_000;
/** Units one order wants on average. */
const UNITS_PER_ORDER = 1.35;

/** Starts a seller; it works until the simulation ends. */
export function startSeller(stage: Stage, seller: Seller, party: Party, from: number): void {
  const { schedule, seed } = stage;
  const skus = stage.network.skus.filter((sku) => sku.seller_id === seller.id);
  const look = async (day: number) => {
    const began = schedule.now();
    const wanted = refillsFor(stage, skus, await unitsLeft(stage, party));
    for (const [warehouse, refills] of Map.groupBy(wanted, (refill) => refill.warehouse)) {
      for (let at = 0; at < refills.length; at += NOTICE_LINES) {
        const reference = `${seller.id}-${warehouse.id}-${day}-${at / NOTICE_LINES + 1}`;
        const part = refills.slice(at, at + NOTICE_LINES);
        await sendGoods(stage, party, { reference, warehouse, refills: part });
      }
    }
    schedule.at(began + DAY_MS, () => look(day + 1));
  };
  const first = from + chanceOf(seed, 'look', seller.id) * FIRST_LOOK_HOURS * HOUR_MS;
  schedule.at(first, () => look(1));
}

/** To a centre goes what runs out altogether; to a shelf what it has sold the last one of. */
function refillsFor(
  stage: Stage,
  skus: readonly Sku[],
  left: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Refill[] {
  const { demand, network, docks } = stage;
  const per_day = stage.orders_per_day * UNITS_PER_ORDER;
  const shelves = new Map(
    network.warehouses
      .filter((one) => !isCentre(one) && docks.has(one.id))
      .map((one) => [one.id, one]),
  );
  return skus.flatMap((sku) => {
    const held = left.get(sku.id) ?? new Map<string, number>();
    const all = [...held.values()].reduce((sum, units) => sum + units, 0);
    const quantity = refillOf(demand, sku, all, per_day);
    const centre = quantity === 0 ? null : centreFor(stage, sku);
    const empty = [...held].flatMap(([id, units]) => (units <= 0 ? [shelves.get(id)] : []));
    return [
      ...(centre === null ? [] : [{ sku, quantity, warehouse: centre }]),
      ...empty.flatMap((warehouse) =>
        warehouse === undefined
          ? []
          : [{ sku, warehouse, quantity: shelfRefillOf(demand, sku, warehouse, per_day) }],
      ),
    ];
  });
}

interface Refill {
  readonly sku: Sku;
  readonly quantity: number;
  readonly warehouse: Warehouse;
}

async function sendGoods(
  { schedule, seed, docks, note }: Stage,
  party: Party,
  about: { reference: string; warehouse: Warehouse; refills: readonly Refill[] },
): Promise<void> {
  const { reference, warehouse, refills } = about;
  const { next } = randomFor(seed, 'way', reference);
  const hours = WAY_HOURS[0] + next() * (WAY_HOURS[1] - WAY_HOURS[0]);
  const { time_zone } = warehouse;
  const comes_at = openAt(warehouse.hours, time_zone, schedule.now() + hours * HOUR_MS);
  const today = localTime(time_zone, comes_at).toPlainDate().toString();
  const lines: ShelfLine[] = refills.map(({ sku, quantity }) => ({
    sku_id: sku.id,
    quantity,
    ...(sku.minimum_life_days === undefined ? {} : lotOf(today, FRESH_LIFE_DAYS)),
  }));
  const body = {
    warehouse_id: warehouse.id,
    reference,
    expected_at: textOf(comes_at),
    lines: lines.map(({ expires_on: _expires, ...line }, index) => ({
      line_no: index + 1,
      ...line,
    })),
  };
  await party.send('POST', '/v1/inbound/notices', { body });
  note('notices of goods');
  const notice_reference = reference;
  schedule.at(comes_at, () => docks.get(warehouse.id)?.unload({ notice_reference, lines }));
}

/** Units that may still be sold, or are on their way: by SKU, and by warehouse. */
async function unitsLeft(
  { schedule }: Stage,
  party: Party,
): Promise<Map<string, Map<string, number>>> {
  const left = new Map<string, Map<string, number>>();
  const soon = textOf(schedule.now() + TOO_OLD_DAYS * DAY_MS).slice(0, 10);
  const isFresh = ({ expires_on }: StockSeen) => expires_on === null || expires_on > soon;
  for (let cursor = ''; ; ) {
    const path = `/v1/stock?limit=${LIST_ITEMS}${cursor}`;
    const { body } = await party.send<StockPage>('GET', path);
    for (const row of body.stock) {
      const units = isFresh(row) ? row.on_hand - row.reserved + row.incoming : 0;
      const held = left.get(row.sku_id) ?? new Map<string, number>();
      held.set(row.warehouse_id, (held.get(row.warehouse_id) ?? 0) + units);
      left.set(row.sku_id, held);
    }
    if (body.next_cursor === null) return left;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

/** The centre that a seller sends a SKU to; null where none may hold it. */
function centreFor({ network, seed, docks }: Stage, sku: Sku): Warehouse | null {
  const able = network.warehouses.filter((one) => mayHold(one, sku) && docks.has(one.id));
  const centres = able.filter(isCentre);
  const from = centres.length > 0 ? centres : able;
  return from[Math.floor(chanceOf(seed, 'centre', sku.id) * from.length)] ?? null;
}

function isCentre({ parcels_per_day }: Warehouse): boolean {
  return (parcels_per_day ?? CENTRE_PARCELS) >= CENTRE_PARCELS;
}
