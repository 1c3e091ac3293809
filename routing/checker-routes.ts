/**
 * The checker's view of a route: do its miles connect, may they be used, do they cost and emit what is
 * stated, and when is the parcel where. Walks the stored steps with spans of its own; shares no code
 * with the routes' library.
 */
import type { ParcelInHand } from './checker.ts';
import { type Arrival, arrive, promised } from './checker-arrivals.ts';
import { type CheckedNetwork, quietRunsOf } from './checker-document.ts';
import { after, move, type Points, pointsFrom, quantileOf, type Span } from './checker-spans.ts';
import type {
  DisruptionInput,
  HubInput,
  LegInput,
  MileInput,
  ParcelPlan,
  QuietHoursInput,
  RouteStep,
  ServiceInput,
  ViaInput,
  ZoneInput,
} from './types.ts';

type Note = ParcelInHand['note'];
type Lane = ServiceInput['lanes'][number];
/** Local days walked for departures before giving up. */
const MOST_DAYS = 120;
const DAY = 86_400;

/** Who comes between the two instants of a disruption waits for the second. */
function waits(spans: readonly Span[], row: DisruptionInput): Span[] {
  const { from_seconds: since, until_seconds: until } = row;
  const isHeld = (at: number) => at >= since && at < until;
  return move(spans, [since, until], (a, b) => (isHeld(a) ? [until, until] : [a, b]));
}

/** Overlapping disruptions hold a parcel one after the other, in the order of their starts. */
function waitsAll(spans: readonly Span[], rows: readonly DisruptionInput[]): Span[] {
  const sorted = [...rows].sort((a, b) => a.from_seconds - b.from_seconds);
  return sorted.reduce(waits, [...spans]);
}

interface Rows {
  readonly hubs: ReadonlyMap<string, HubInput>;
  readonly legs: ReadonlyMap<string, LegInput>;
  readonly disruptions: readonly DisruptionInput[];
}

const read = new WeakMap<CheckedNetwork, Rows>();

function rowsOf(network: CheckedNetwork): Rows {
  let rows = read.get(network);
  if (rows === undefined) {
    const { hubs = [], legs = [], disruptions = [] } = network.input;
    rows = {
      hubs: new Map(hubs.map((hub) => [hub.id, hub])),
      legs: new Map(legs.map((leg) => [leg.id, leg])),
      disruptions,
    };
    read.set(network, rows);
  }
  return rows;
}

const closings = ({ disruptions }: Rows, hub_id: string) =>
  disruptions.filter((row) => row.kind === 'hub_closed' && row.hub_id === hub_id);
const stops = ({ disruptions }: Rows, leg_id: string) =>
  disruptions.filter((row) => row.kind === 'leg_cancelled' && row.leg_id === leg_id);
const delaysOf = ({ disruptions }: Rows, leg_id: string) =>
  disruptions
    .filter((row) => row.kind === 'leg_delayed')
    .filter((row) => row.leg_id === leg_id)
    .sort((a, b) => a.from_seconds - b.from_seconds || a.until_seconds - b.until_seconds);

const holds = (row: DisruptionInput, at: number) =>
  at >= row.from_seconds && at < row.until_seconds;

/** The instant at which a planned departure runs; null if it does not. */
function runsAt(rows: Rows, leg: LegInput, planned: number): number | null {
  if (stops(rows, leg.id).some((row) => holds(row, planned))) return null;
  const late = delaysOf(rows, leg.id).filter((row) => holds(row, planned));
  const at = late.reduce((sum, row) => sum + row.delay_seconds, planned);
  const isShut = (hub: string, when: number) => closings(rows, hub).some((row) => holds(row, when));
  if (isShut(leg.from_hub_id, at)) return null;
  return isShut(leg.to_hub_id, at + leg.duration_seconds) ? null : at;
}

/** Everybody takes the next departure; null if some find none. */
function departs(network: CheckedNetwork, leg: LegInput, spans: readonly Span[]): Span[] | null {
  const rows = rowsOf(network);
  if (leg.departures === undefined) {
    let left = waitsAll(spans, stops(rows, leg.id));
    for (const row of delaysOf(rows, leg.id)) {
      const { from_seconds: since, until_seconds: until, delay_seconds: late } = row;
      // Within the window an end is reached from below: it moves as what comes just before it does.
      left = move(left, [since, until - late, until], (a, b) =>
        holds(row, a) ? [Math.min(a + late, until), Math.min(b + late, until)] : [a, b],
      );
    }
    return left;
  }
  const first = Math.min(...spans.map(([, from]) => from));
  const last = Math.max(...spans.map(([, , to]) => to));
  const latest = delaysOf(rows, leg.id).reduce((sum, row) => sum + row.delay_seconds, 0);
  const { time_zone } = rows.hubs.get(leg.from_hub_id)!;
  const running: number[] = [];
  const start = network.clock.dateSlot(first - latest, time_zone) / DAY - 2;
  for (let day = 0, found = -1; day < MOST_DAYS && (found < 0 || day < found + 3); day++) {
    for (const planned of network.clock.departures(leg.departures, time_zone, start + day)) {
      const runs = runsAt(rows, leg, planned);
      if (runs === null) continue;
      running.push(runs);
      if (found < 0 && runs >= last) found = day + Math.ceil(latest / DAY);
    }
  }
  running.sort((a, b) => a - b);
  const next = (at: number) => running.find((runs) => runs >= at) ?? Number.NaN;
  const taken = move(spans, running, (_, to) => [next(to), next(to)]);
  return taken.some(([, from]) => Number.isNaN(from)) ? null : taken;
}

/** Open, sorted, and still open. */
function throughHub(network: CheckedNetwork, hub_id: string, spans: readonly Span[]): Span[] {
  const rows = rowsOf(network);
  const shut = closings(rows, hub_id);
  const sorting = rows.hubs.get(hub_id)?.transfer_seconds ?? 0;
  const sorted = waitsAll(spans, shut).map(
    ([share, from, to]): Span => [share, from + sorting, to + sorting],
  );
  return waitsAll(sorted, shut);
}

interface Walk {
  /** Start and end of each step, as distributions. */
  readonly steps: readonly { readonly starts: readonly Span[]; readonly ends: readonly Span[] }[];
  readonly points: Points;
}

/** The distribution of a mile: that which the lane has learned of it, if it has. */
function mileTime({ first_mile, last_mile }: ViaInput, step: RouteStep): string {
  const miles = step.kind === 'first_mile' ? first_mile : last_mile;
  const hub = step.kind === 'first_mile' ? step.to_hub_id : step.from_hub_id;
  const { transit_time_id = '' } = step;
  const own = miles.find((one) => one.hub_id === hub && one.transit_time_id === transit_time_id);
  return own?.learned_time_id ?? transit_time_id;
}

/** Follows the steps of a route from the pickup on; null where a step leads nowhere. */
function walk(network: CheckedNetwork, via: ViaInput, parcel: ParcelPlan): Walk | null {
  const rows = rowsOf(network);
  const pickup = parcel.pickup_seconds;
  const steps: { starts: readonly Span[]; ends: readonly Span[] }[] = [];
  let at: readonly Span[] = [[1, pickup, pickup]];
  for (const step of parcel.route!.steps) {
    const leg = step.leg_id === undefined ? undefined : rows.legs.get(step.leg_id);
    let starts: readonly Span[] | null = at;
    if (step.from_hub_id !== undefined) starts = throughHub(network, step.from_hub_id, at);
    if (leg !== undefined) starts = departs(network, leg, starts);
    const named = leg === undefined ? mileTime(via, step) : leg.transit_time_id;
    const time =
      leg !== undefined && named === undefined
        ? ([[1, leg.duration_seconds]] as const)
        : network.transits.get(named ?? '')?.quantiles;
    if (starts === null || time === undefined) return null;
    at = after(starts, time);
    steps.push({ starts, ends: at });
  }
  const points = pointsFrom(at).map(([share, when]): [number, number] => [share, when - pickup]);
  return { steps, points };
}

const isMile = (step: RouteStep, mile: MileInput, hub: string | undefined, seller: string) =>
  hub === mile.hub_id &&
  step.transit_time_id === mile.transit_time_id &&
  step.carrier_id === (mile.carrier_id ?? seller);

/** What the steps of a route have in common with what the lane allows. */
function checkSteps(network: CheckedNetwork, via: ViaInput, parcel: ParcelPlan, note: Note): void {
  const { legs } = rowsOf(network);
  const { steps } = parcel.route!;
  const [first, last] = [steps[0], steps.at(-1)];
  const seller = parcel.carrier_id;
  if (
    first?.kind !== 'first_mile' ||
    !via.first_mile.some((mile) => isMile(first, mile, first.to_hub_id, seller))
  ) {
    note('route', 'the first mile is not one of its lane');
  }
  if (
    last?.kind !== 'last_mile' ||
    !via.last_mile.some((mile) => isMile(last, mile, last.from_hub_id, seller))
  ) {
    note('route', 'the last mile is not one of its lane');
  }
  let hub = first?.to_hub_id;
  for (const step of steps.slice(1)) {
    if (step.from_hub_id !== hub) note('route', `${step.from_hub_id} follows on ${hub}`);
    hub = step.to_hub_id;
    if (step.kind === 'last_mile') continue;
    const leg = legs.get(step.leg_id ?? '');
    if (
      step.kind !== 'leg' ||
      leg?.from_hub_id !== step.from_hub_id ||
      leg?.to_hub_id !== step.to_hub_id ||
      leg?.carrier_id !== step.carrier_id
    ) {
      note('route', `${step.leg_id} is not the leg that is stated`);
    } else if (via.carriers !== undefined && !via.carriers.includes(leg.carrier_id)) {
      note('route', `${leg.carrier_id} is not a carrier that the lane uses`);
    }
  }
}

/** What a route's legs cost, minor units; 0 for other parcels. O(steps). */
export function legsCost(network: CheckedNetwork, { route }: ParcelPlan): number {
  if (route === undefined) return 0;
  const { legs } = rowsOf(network);
  return route.steps.reduce(
    (sum, { leg_id }) => sum + (leg_id === undefined ? 0 : (legs.get(leg_id)?.cost ?? 0)),
    0,
  );
}

/** Shares of a route are sums whose last digits may differ: at a gap in its times that is a day. */
const NOISE = 1e-6;

/**
 * What follows from the pickup of a parcel on a lane over hubs; undefined (and noted) where its route
 * leads nowhere. Notes all else that does not hold of it: its miles, their instants, cost and carbon.
 * O(steps × spans × (spans + cuts²)): the parts of its distribution, and what departures and disruptions cut.
 */
export function checkRoute(hand: ParcelInHand, lane: Lane, zone: ZoneInput): Arrival | undefined {
  const { network, parcel, note } = hand;
  const { route } = parcel;
  if (lane.via === undefined || route === undefined) {
    note('route', 'the lane goes over hubs, the parcel does not');
    return undefined;
  }
  checkSteps(network, lane.via, parcel, note);
  checkLegs(network, parcel, note);
  const found = walk(network, lane.via, parcel);
  if (found === null) {
    note('route', 'the route leads nowhere');
    return undefined;
  }
  route.steps.forEach((step, i) => {
    const { starts, ends } = found.steps[i]!;
    const isOff = (stated: number, spans: readonly Span[]) => {
      const points = pointsFrom(spans);
      const [low, high] = [quantileOf(points, 0.5 - 1e-6), quantileOf(points, 0.5 + 1e-6)];
      return stated < low - 1 || stated > high + 1;
    };
    if (isOff(step.departs_seconds, starts) || isOff(step.arrives_seconds, ends)) {
      note('route', `the instants of ${step.leg_id ?? step.kind} do not follow`);
    }
  });
  const times = network.transits.get(mileTime(lane.via, route.steps.at(-1)!));
  return arrivalOf(network, parcel, zone, found.points, quietRunsOf(network, times, zone));
}

/** Notes cost and carbon that are not those of the legs. */
function checkLegs(network: CheckedNetwork, parcel: ParcelPlan, note: Note): void {
  const { legs } = rowsOf(network);
  const route = parcel.route!;
  const carbon = route.steps.reduce(
    (sum, { leg_id }) => sum + (leg_id === undefined ? 0 : (legs.get(leg_id)?.carbon_grams ?? 0)),
    0,
  );
  const cost = legsCost(network, parcel);
  if (Math.abs(route.cost - cost) > 1e-6) note('route', `${route.cost} stated for legs of ${cost}`);
  if (Math.abs(route.carbon_grams - carbon) > 1e-6) {
    note('route', `${route.carbon_grams} g stated for legs of ${carbon} g`);
  }
}

/** The arrival, of those within the noise the one that is stated. */
function arrivalOf(
  { clock, input }: CheckedNetwork,
  parcel: ParcelPlan,
  zone: ZoneInput,
  points: Points,
  quiet: QuietHoursInput['runs'] | undefined,
): Arrival {
  const { pickup_seconds: pickup, promise_seconds, expected_seconds } = parcel;
  const comes = (share: number) => Math.ceil(pickup + quantileOf(points, share) - 1e-6);
  const stated = (at: number, of: (noise: number) => number) =>
    at >= of(-NOISE) - 1 && at <= of(NOISE) + 1 ? at : of(0);
  const { confidence } = input.policy;
  const promise = stated(promise_seconds, (noise) =>
    promised(clock, zone, quiet, (share) => comes(share + noise), confidence),
  );
  const middle = stated(expected_seconds, (noise) => clock.door(zone, comes(0.5 + noise)));
  const expected = Math.min(promise, middle);
  return { ...arrive(clock, zone, points, pickup, input.policy.confidence), promise, expected };
}
