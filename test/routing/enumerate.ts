/**
 * The slow truth: every way to send an order with whole lines, its parcels counted together.
 */
import type { CheckedNetwork } from '../../routing/checker-document.ts';
import { allParcels, DAY, money, type Parcel, prepare } from './all-parcels.ts';
import type { World } from './small-world.ts';

const limits = new WeakMap<CheckedNetwork, Map<string, number>>();

/** Limit of a resource slot, by the document; remembered, as it is asked for at every choice. */
export function limitOf(network: CheckedNetwork, slot: string): number {
  const known = limits.get(network) ?? new Map<string, number>();
  limits.set(network, known);
  const limit = known.get(slot) ?? statedLimit(network, slot);
  known.set(slot, limit);
  return limit;
}

function statedLimit(network: CheckedNetwork, slot: string): number {
  const [kind, first, second] = slot.split('@')[0]!.split('/') as [string, string, string?];
  const warehouse = network.warehouses.get(first)?.row;
  const service = network.services.get(first)?.row;
  if (kind === 'picks') return warehouse?.picks_per_hour ?? Number.POSITIVE_INFINITY;
  if (kind === 'parcels') return warehouse?.parcels_per_day ?? Number.POSITIVE_INFINITY;
  const limit =
    second === undefined ? service?.parcels_per_day : service?.parcels_per_day_per_warehouse;
  return limit ?? Number.POSITIVE_INFINITY;
}

/** True if the lots suffice for all parcels: every promise's claims fit what lives that long. */
export function lotsSuffice(
  world: World,
  network: CheckedNetwork,
  chosen: readonly Parcel[],
): boolean {
  const claims = chosen.flatMap((parcel) =>
    world.order.lines
      .filter((_, i) => (parcel.subset & (1 << i)) !== 0)
      .map((line) => {
        const life = (network.skus.get(line.sku_id)?.row.minimum_life_days ?? 0) * DAY;
        const { warehouse, promise } = parcel;
        return { warehouse, sku: line.sku_id, until: promise + life, units: line.quantity };
      }),
  );
  return claims.every(({ warehouse, sku, until }) => {
    const same = claims.filter(
      (c) => c.warehouse === warehouse && c.sku === sku && c.until >= until,
    );
    const need = same.reduce((sum, { units }) => sum + units, 0);
    const rows = world.stock.filter(
      (row) =>
        row.warehouse_id === warehouse &&
        row.sku_id === sku &&
        (row.expires_seconds ?? Number.POSITIVE_INFINITY) >= until,
    );
    return rows.reduce((sum, row) => sum + row.available, 0) >= need;
  });
}

/** What each subset costs at least: its cheapest partition of parcels that ignore each other. */
function restCosts(full: number, parcels: readonly Parcel[]): Float64Array {
  const rest = new Float64Array(full + 1).fill(Number.POSITIVE_INFINITY);
  rest[0] = 0;
  const cheapest = new Float64Array(full + 1).fill(Number.POSITIVE_INFINITY);
  for (const { subset, cost } of parcels) cheapest[subset] = Math.min(cheapest[subset]!, cost);
  for (let set = 1; set <= full; set++) {
    for (let part = set; part !== 0; part = (part - 1) & set) {
      rest[set] = Math.min(rest[set]!, cheapest[part]! + rest[set ^ part]!);
    }
  }
  return rest;
}

/** Choices looked at before a world counts as too large to enumerate. */
const MOST_CHOICES = 20_000;

/**
 * The least cost of sending whole lines, plus what `charge` adds to each parcel; Infinity if there is
 * no way, NaN if there are too many.
 */
export function enumerateBest(world: World, charge: (parcel: Parcel) => number = () => 0): number {
  const network = prepare(world);
  const { policy } = world.network;
  const full = 2 ** world.order.lines.length - 1;
  const used = new Map<string, number>();
  for (const use of world.capacity) {
    const slot = `${use.resource}@${use.slot_seconds}`;
    used.set(slot, (used.get(slot) ?? 0) + use.used);
  }
  const fits = (parcel: Parcel) =>
    parcel.takes.every(
      ([slot, amount]) => (used.get(slot) ?? 0) + amount <= limitOf(network, slot),
    );
  const parcels = allParcels(world, network)
    .filter((parcel) => fits(parcel) && lotsSuffice(world, network, [parcel]))
    .map((parcel) => ({ ...parcel, cost: parcel.cost + charge(parcel) }));
  const at = Math.ceil(world.order.at_seconds);
  const time = (promise: number) => money((policy.time_per_day * (promise - at)) / DAY);
  const rest = restCosts(full, parcels);
  let best = Number.POSITIVE_INFINITY;
  let choices = 0;
  const { split_limit, ship_complete } = world.order;
  const allowed = ship_complete ? 1 : Math.min(policy.split_limit, split_limit ?? Infinity);
  const surely = (policy.on_time_confidence ?? 0) - 1e-9;
  const descend = (open: number, chosen: readonly Parcel[], own: number): void => {
    const latest = Math.max(at, ...chosen.map((parcel) => parcel.promise));
    const split = policy.split_penalty * Math.max(0, chosen.length - 1);
    if (own + rest[open]! + split + time(latest) >= best) return;
    if (choices > MOST_CHOICES) return;
    if (chosen.reduce((all, parcel) => all * parcel.inTime, 1) < surely) return;
    if (chosen.length > 1 && !lotsSuffice(world, network, chosen)) return;
    if (open === 0) {
      best = own + split + time(latest);
      return;
    }
    if (chosen.length === allowed) return;
    for (const parcel of parcels) {
      if ((parcel.subset & (open & -open)) === 0 || (parcel.subset & ~open) !== 0) continue;
      if (!fits(parcel)) continue;
      choices++;
      for (const [slot, amount] of parcel.takes) used.set(slot, (used.get(slot) ?? 0) + amount);
      descend(open ^ parcel.subset, [...chosen, parcel], own + parcel.cost);
      for (const [slot, amount] of parcel.takes) used.set(slot, used.get(slot)! - amount);
    }
  };
  descend(full, [], 0);
  return choices > MOST_CHOICES ? Number.NaN : best;
}
