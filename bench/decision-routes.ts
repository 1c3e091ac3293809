/**
 * How fast routes over hubs are found: earliest arrivals from one hub at all others, routes by time, cost
 * and carbon, and what a disruption takes, on a generated timetable of 1,000 hubs and 1.7 million
 * connections in four days.
 */
import {
  buildTimetable,
  type Connection,
  earliestArrivals,
  NEVER,
  paretoRoutes,
  RouteTrees,
  type Timetable,
} from '../routing/index.ts';
import { seededRandom } from '../src/simulation/random.ts';
import { benchSeed } from './command-line.ts';
import type { Results } from './results.ts';

const SEED = benchSeed(20261125);
const HUBS = 1000;
const CONNECTIONS = 1_700_000;
const DAYS = 4;
const DAY_SECONDS = 86_400;
const AT = Date.UTC(2026, 10, 18) / 1000;
const NEIGHBOURS = 40;
const QUERIES = 300;
const ORIGINS = 200;
const SPEED_KM_PER_HOUR = 70;

const random = seededRandom(SEED);

/** Hubs at random in a square of 3,000 km; legs mostly to neighbours, some to any of 30 gateways. */
function generate(): Timetable {
  const places = Array.from({ length: HUBS }, () => [random.next() * 3000, random.next() * 3000]);
  const distance = (a: number, b: number): number =>
    Math.hypot(places[a]![0]! - places[b]![0]!, places[a]![1]! - places[b]![1]!);
  const nearest = places.map((_, a) =>
    places
      .map((_, b) => b)
      .filter((b) => b !== a)
      .sort((b, c) => distance(a, b) - distance(a, c))
      .slice(0, NEIGHBOURS),
  );
  const gateways = random.sample(
    places.map((_, i) => i),
    30,
  );
  const connections = Array.from({ length: CONNECTIONS }, (_, i): Connection => {
    const from = i % HUBS;
    const far = random.pick(gateways);
    const to = random.chance(0.8) || far === from ? random.pick(nearest[from]!) : far;
    const departs = AT + Math.floor(random.next() * DAYS * DAY_SECONDS);
    const km = distance(from, to);
    const seconds = 1800 + Math.round((km / SPEED_KM_PER_HOUR) * 3600);
    return {
      from_hub: from,
      to_hub: to,
      departs_seconds: departs,
      arrives_seconds: departs + seconds,
      cost: Math.round(20 + km * (0.1 + 0.1 * random.next())),
      carbon_grams: Math.round(km * (0.3 + 0.7 * random.next())),
    };
  });
  return buildTimetable({ transfer_seconds: places.map(() => 1800) }, connections);
}

const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ]!;

/** Milliseconds of this process's own computing: what others do on the machine does not count. */
function timed<T>(work: () => T): { value: T; ms: number } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, ms: (user + system) / 1000 };
}

/** Adds the figures of routes. */
export function benchRoutes(results: Results): void {
  const { value: timetable, ms } = timed(generate);
  results.add('1,000 hubs, 1.7 million connections: generated and compiled', ms, 'ms CPU');
  const scan = () => {
    const at = AT + Math.floor(random.next() * DAY_SECONDS);
    return timed(() => earliestArrivals(timetable, random.between(0, HUBS - 1), at));
  };
  // Until the compiler and the collector of what the generator left are done.
  for (let i = 0; i < 150; i++) scan();
  const scans = Array.from({ length: QUERIES }, scan);
  const times = scans.map((one) => one.ms);
  const reached = scans.map(({ value }) => value.arrival.filter((one) => one !== NEVER).length);
  results.add('one to all: p50', quantile(times, 0.5), 'ms CPU');
  results.add('one to all: p99', quantile(times, 0.99), 'ms CPU', { most: 10 });
  results.add('hubs reached at least', Math.min(...reached), 'hubs', { least: HUBS });
  benchPareto(results, timetable);
  benchDisruptions(results, timetable);
}

function benchPareto(results: Results, timetable: Timetable): void {
  const runs = Array.from({ length: 5 }, () => {
    const from = random.between(0, HUBS - 1);
    return timed(() => paretoRoutes(timetable, from, AT + 8 * 3600, AT + 20 * 3600));
  });
  const labels = runs.flatMap(({ value }) => value.map((bag) => bag.length));
  results.add(
    'arrival, cost and carbon, one to all, 12 h: p50',
    quantile(
      runs.map((one) => one.ms),
      0.5,
    ),
    'ms CPU',
  );
  results.add(
    'undominated routes per hub, mean',
    labels.reduce((sum, one) => sum + one, 0) / labels.length,
    'routes',
  );
}

function benchDisruptions(results: Results, timetable: Timetable): void {
  const origins = Array.from({ length: ORIGINS }, (_, hub) => ({ hub, at_seconds: AT + 6 * 3600 }));
  const { value: trees, ms } = timed(() => new RouteTrees(timetable, origins));
  results.add(`${ORIGINS} trees`, ms, 'ms CPU');
  // Connections that trees use, so that there is something to work out.
  const used = [...new Set(trees.trees().flatMap((tree) => [...tree.via]))].filter((id) => id >= 0);
  const changes = random
    .sample(used, 60)
    .map((connection, i) =>
      timed(() =>
        trees.disrupt(
          i % 2 === 0
            ? { kind: 'cancelled', connection }
            : { kind: 'delayed', connection, seconds: 3 * 3600 },
        ),
      ),
    );
  const times = changes.map((one) => one.ms);
  const touched = changes.map(({ value }) => value.length);
  results.add(
    `a connection cancelled or delayed: trees touched of ${ORIGINS}, mean`,
    touched.reduce((sum, one) => sum + one, 0) / touched.length,
    'trees',
  );
  results.add('a connection cancelled or delayed: p99', quantile(times, 0.99), 'ms CPU', {
    most: 1000,
  });
  const hours = { from_seconds: AT + 8 * 3600, until_seconds: AT + 14 * 3600 };
  const closures = Array.from({ length: 5 }, () =>
    timed(() => trees.disrupt({ kind: 'hub_closed', hub: random.between(0, HUBS - 1), ...hours })),
  );
  results.add(
    `a hub closed for six hours: trees touched of ${ORIGINS}, most`,
    Math.max(...closures.map(({ value }) => value.length)),
    'trees',
  );
  results.add(
    'a hub closed for six hours: longest',
    Math.max(...closures.map((one) => one.ms)),
    'ms CPU',
    { most: 1000 },
  );
}
