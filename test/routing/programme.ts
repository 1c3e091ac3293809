/**
 * The mixed-integer programme of one world: choose parcels (whole lines, any warehouse, service and
 * slot) that cover each line once, within the slots, lots, number of parcels and risk there are.
 */
import type { Highs } from 'highs';
import type { CheckedNetwork } from '../../routing/checker-document.ts';
import { allParcels, DAY, money, type Parcel, prepare } from './all-parcels.ts';
import { limitOf } from './enumerate.ts';
import type { World } from './small-world.ts';

interface Row {
  readonly terms: string[];
  most: number;
}

/** Rows of the programme by name, made when first used. */
class Rows {
  readonly byName = new Map<string, Row>();

  add(name: string, most: number, term: string): void {
    let row = this.byName.get(name);
    if (row === undefined) {
      row = { terms: [], most };
      this.byName.set(name, row);
    }
    row.terms.push(term);
  }

  /** The rows, each once: of several with the same terms the tightest. */
  texts(): string[] {
    const tightest = new Map<string, number>();
    for (const { terms, most } of this.byName.values()) {
      const sum = terms.join('\n ');
      tightest.set(sum, Math.min(most, tightest.get(sum) ?? most));
    }
    return Array.from(tightest, ([sum, most]) => `${sum} <= ${most}`);
  }
}

const ordered = ({ order }: World, sku: string): number =>
  order.lines.reduce((sum, line) => (line.sku_id === sku ? sum + line.quantity : sum), 0);

/** Per warehouse, SKU and instant: what lives that long must suffice for all who need it. */
function addLots(rows: Rows, world: World, network: CheckedNetwork, parcels: readonly Parcel[]) {
  const claims = parcels.map((parcel) =>
    world.order.lines.flatMap((line, i) => {
      if ((parcel.subset & (1 << i)) === 0) return [];
      const life = (network.skus.get(line.sku_id)?.row.minimum_life_days ?? 0) * DAY;
      return [{ sku: line.sku_id, until: parcel.promise + life, units: line.quantity }];
    }),
  );
  const instants = new Map<string, Set<number>>();
  parcels.forEach(({ warehouse }, p) => {
    for (const { sku, until } of claims[p]!) {
      const key = `${warehouse}/${sku}`;
      instants.set(key, (instants.get(key) ?? new Set()).add(until));
    }
  });
  for (const [key, untils] of instants) {
    const [warehouse, sku] = key.split('/') as [string, string];
    const lots = world.stock.filter((row) => row.warehouse_id === warehouse && row.sku_id === sku);
    for (const until of untils) {
      const most = lots
        .filter((row) => (row.expires_seconds ?? Number.POSITIVE_INFINITY) >= until)
        .reduce((sum, row) => sum + row.available, 0);
      // Each line is sent once, so no more than what is ordered is ever taken.
      if (ordered(world, sku) <= most) continue;
      parcels.forEach((parcel, p) => {
        if (parcel.warehouse !== warehouse) return;
        const units = claims[p]!.filter(
          (claim) => claim.sku === sku && claim.until >= until,
        ).reduce((sum, claim) => sum + claim.units, 0);
        if (units > 0) rows.add(`lots ${key} ${until}`, most, `+ ${units} x${p}`);
      });
    }
  }
}

function addCapacity(
  rows: Rows,
  world: World,
  network: CheckedNetwork,
  { parcels, allowed }: { readonly parcels: readonly Parcel[]; readonly allowed: number },
) {
  const units = world.order.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const used = new Map<string, number>();
  for (const use of world.capacity) {
    const slot = `${use.resource}@${use.slot_seconds}`;
    used.set(slot, (used.get(slot) ?? 0) + use.used);
  }
  parcels.forEach((parcel, p) => {
    for (const [slot, amount] of parcel.takes) {
      // Of what is used more than there is nothing is left.
      const left = Math.max(0, limitOf(network, slot) - (used.get(slot) ?? 0));
      // All units or parcels of the order fit.
      if (left >= (slot.startsWith('picks') ? units : allowed)) continue;
      rows.add(slot, left, `+ ${amount} x${p}`);
    }
  });
}

/**
 * Leaves out parcels that another of the same lines and warehouse beats in cost, promise and
 * certainty, while it takes nothing that is limited but what the beaten one takes too.
 */
function withoutBeaten(network: CheckedNetwork, parcels: readonly Parcel[]): Parcel[] {
  const limited = parcels.map(({ takes }) =>
    takes.filter(([slot]) => limitOf(network, slot) !== Infinity).map(([slot]) => slot),
  );
  const kept: number[] = [];
  const byHome = new Map<string, number[]>();
  // Cheapest first: what beats a parcel comes before it.
  parcels.forEach((parcel, p) => {
    const key = `${parcel.subset} ${parcel.warehouse}`;
    const same = byHome.get(key) ?? [];
    const beaten = same.some((q) => {
      const other = parcels[q]!;
      if (other.promise > parcel.promise || other.inTime < parcel.inTime) return false;
      return limited[q]!.every((slot) => limited[p]!.includes(slot));
    });
    if (beaten) return;
    same.push(p);
    byHome.set(key, same);
    kept.push(p);
  });
  return kept.map((p) => parcels[p]!);
}

function bitsOf(mask: number): number {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

/** Lines that may stand for each other, as bits of their places: each kind of them once. */
function alikeLines({ order: { lines } }: World): number[] {
  const kinds = new Map<string, number>();
  lines.forEach(({ line_no: _, ...line }, i) => {
    const key = line.keep_together === undefined ? JSON.stringify(line) : `${i}`;
    kinds.set(key, (kinds.get(key) ?? 0) | (1 << i));
  });
  return [...kinds.values()];
}

/** True if of lines that are alike a subset has the first ones: all others are as good as these. */
function hasFirst(kinds: readonly number[], subset: number): boolean {
  return kinds.every((kind) => {
    const last = 31 - Math.clz32(subset & kind);
    return last < 0 || (kind & ~subset & ((1 << last) - 1)) === 0;
  });
}

/** The least cost of sending whole lines, or undefined if there is no way. */
export function bestByProgramme(highs: Highs, world: World): number | undefined {
  const network = prepare(world);
  const { policy } = world.network;
  const { order } = world;
  const at = Math.ceil(order.at_seconds);
  const kinds = alikeLines(world);
  const distinct = allParcels(world, network).filter(({ subset }) => hasFirst(kinds, subset));
  const all = withoutBeaten(network, distinct);
  const { split_limit, ship_complete } = order;
  const allowed = ship_complete ? 1 : Math.min(policy.split_limit, split_limit ?? Infinity);
  const time = (promise: number): number => money((policy.time_per_day * (promise - at)) / DAY);
  let best: number | undefined;
  // Time is rounded once per order: the cheapest plan whatever its time, then the cheapest that is
  // sooner, until what is sooner cannot be cheaper even if it took no time.
  for (let sooner = Number.POSITIVE_INFINITY; ; ) {
    const parcels = all.filter(
      ({ cost, promise, inTime }) =>
        promise < sooner && inTime > 0 && cost + time(promise) < (best ?? Infinity),
    );
    const found = solve(highs, world, network, { parcels, allowed });
    if (found === undefined) return best;
    const own = found.value - policy.split_penalty;
    const cost = own + time(found.latest);
    if (best === undefined || cost < best) best = cost;
    sooner = found.latest;
    const least = parcels.reduce((first, { promise }) => Math.min(first, promise), sooner);
    if (policy.time_per_day === 0 || own + time(least) >= best) return best;
  }
}

const EXACT = { mip_rel_gap: 0, mip_abs_gap: 0 } as const;

/**
 * Now and then the presolve of HiGHS reduces an infeasible programme to an optimum that HiGHS then finds
 * infeasible itself, and gives up ("MIP solver claims optimality, but with … infeasibilities"): such
 * a programme is solved as it stands.
 */
function solveText(highs: Highs, text: string) {
  try {
    return highs.solve(text, EXACT);
  } catch {
    return highs.solve(text, { ...EXACT, presolve: 'off' });
  }
}

function solve(
  highs: Highs,
  world: World,
  network: CheckedNetwork,
  { parcels, allowed }: { parcels: readonly Parcel[]; allowed: number },
): { readonly value: number; readonly latest: number } | undefined {
  const { policy } = world.network;
  const kinds = alikeLines(world);
  const covers = kinds.map((kind) =>
    parcels.flatMap(({ subset }, p) => {
      const lines = bitsOf(subset & kind);
      return lines === 0 ? [] : [`+ ${lines} x${p}`];
    }),
  );
  if (covers.some((terms) => terms.length === 0)) return undefined;
  const rows = new Rows();
  parcels.forEach((parcel, p) => {
    rows.add('parcels', allowed, `+ x${p}`);
    // No exponents: the text of a programme is read digit by digit.
    const risk = Number((-Math.log(parcel.inTime)).toFixed(12));
    const most = -Math.log(policy.on_time_confidence ?? 1);
    if (policy.on_time_confidence !== undefined && risk > 0) {
      rows.add('risk', most, `+ ${risk.toFixed(12)} x${p}`);
    }
  });
  addCapacity(rows, world, network, { parcels, allowed });
  addLots(rows, world, network, parcels);
  const text = [
    'Minimize',
    ` obj: ${parcels.map(({ cost }, p) => `+ ${cost + policy.split_penalty} x${p}`).join('\n ')}`,
    'Subject To',
    ...covers.map((terms, i) => ` c${i}: ${terms.join('\n ')} = ${bitsOf(kinds[i]!)}`),
    ...rows.texts().map((row, r) => ` r${r}: ${row}`),
    // Of contents that are alike several parcels may leave, then also by the same way.
    kinds.every((kind) => bitsOf(kind) === 1) ? 'Binary' : 'General',
    ...parcels.map((_, p) => ` x${p}`),
    'End',
  ].join('\n');
  const solved = solveText(highs, text);
  if (solved.Status !== 'Optimal') return undefined;
  const chosen = parcels.filter((_, p) => (solved.Columns[`x${p}`]?.Primal ?? 0) > 0.5);
  const latest = Math.max(...chosen.map(({ promise }) => promise));
  return { value: Math.round(solved.ObjectiveValue), latest };
}
