/**
 * Lanes over hubs on a network of full size: what compiling costs with them, what a decision costs, and
 * how soon a disruption is taken over.
 */
import {
  type CompiledNetwork,
  compileNetwork,
  type DisruptionInput,
  disruptInSteps,
  openBoard,
  source,
} from '../routing/index.ts';
import type { Network, Service } from '../src/domain/network.ts';
import { type Random, seededRandom } from '../src/simulation/random.ts';
import { benchSeed } from './command-line.ts';
import { generateNetwork, generateOrder, generateStock } from './generate-network.ts';
import type { Results } from './results.ts';

const SEED = benchSeed(20_261_125);
const HUBS = 200;
const LEGS_PER_HUB = 12;
/** Hubs that miles to and from doors begin and end at; through the others parcels pass. */
const DOOR_HUBS = 40;
/** Share of the services that go over hubs. */
const ROUTED = 0.1;
const FROM = Date.UTC(2026, 2, 18) / 1000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const SIZE = { warehouses: 1000, services: 10_000, zones: 500, skus: 1000, carriers: 3000 };

function timed<T>(work: () => T): { value: T; ms: number } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { value, ms: (user + system) / 1000 };
}

const hubId = (i: number) => `HUB-${i}`;

/** Hubs in a ring, each with legs to near ones and a few far ones, twice a day. */
export function lineHaul(
  random: Random,
  carrier: string,
): { hubs: Network['hubs']; legs: Network['legs'] } {
  const hubs = Array.from({ length: HUBS }, (_, i) => ({
    ...{ id: hubId(i), position: [i / 10, 50] as [number, number], time_zone: 'Europe/Berlin' },
    transfer_seconds: 1800,
  }));
  const legs = hubs.flatMap((hub, from) =>
    Array.from({ length: LEGS_PER_HUB }, (_, i): Network['legs'][number] => {
      const reach = i < LEGS_PER_HUB - 3 ? random.between(1, 12) : random.between(13, HUBS / 2);
      const to = (from + (random.chance(0.5) ? reach : HUBS - reach)) % HUBS;
      const isRail = random.chance(0.3);
      const hours = [random.between(0, 11), random.between(12, 23)];
      const times = hours.map(
        (hour) => `${String(hour).padStart(2, '0')}:${random.pick(['00', '30'])}`,
      );
      return {
        ...{ id: `LEG-${from}-${i}`, carrier_id: carrier, from_hub_id: hub.id },
        to_hub_id: hubId(to),
        departures: Object.fromEntries(DAYS.map((day) => [day, times])),
        duration_seconds: 1800 + reach * (isRail ? 1100 : 700),
        cost: 10 + reach * (isRail ? 3 : 5),
        carbon_grams: 50 + reach * (isRail ? 6 : 20),
      };
    }),
  );
  return { hubs, legs };
}

/** A generated network with a share of its services over hubs. */
export function routedNetwork(network: Network, random: Random): Network {
  const mile = () => ({
    hub_id: hubId(random.between(0, DOOR_HUBS - 1) * (HUBS / DOOR_HUBS)),
    transit_time_id: network.transit_times[0]!.id,
  });
  const services = network.services.map((service): Service => {
    if (!random.chance(ROUTED)) return service;
    const lanes = service.lanes.map(({ transit_time_id: _, ...lane }) => ({
      ...lane,
      via: { first_mile: [mile()], last_mile: [mile()] },
    }));
    return { ...service, lanes };
  });
  return { ...network, services, ...lineHaul(random, network.carriers[0]!.id) };
}

/** Adds the figures of lanes over hubs. */
export function benchRoutedLanes(results: Results): void {
  const random = seededRandom(SEED);
  const plain = generateNetwork({ seed: SEED, ...SIZE });
  const network = routedNetwork(plain, random);
  compileNetwork(plain, { from_seconds: FROM });
  const without = timed(() => compileNetwork(plain, { from_seconds: FROM }));
  const { value: compiled, ms } = timed(() => compileNetwork(network, { from_seconds: FROM }));
  results.add('compiled without lanes over hubs', without.ms, 'ms CPU', { most: 2000 });
  const scale = `${HUBS} hubs, ${network.legs.length} legs`;
  results.add(`compiled with a tenth of the services over ${scale}`, ms, 'ms CPU', { most: 2000 });
  results.add('sweeps and routes', compiled.routes!.routes.length, 'routes');
  const board = openBoard(compiled, generateStock(network, SEED + 1, 0.1), []);
  const orders = Array.from({ length: 300 }, () =>
    generateOrder(network, random, random.between(1, 8), FROM + 9 * 3600),
  );
  const decide = () =>
    orders.map((order) => timed(() => source(compiled, board, order, { work: 1e6 })));
  decide();
  const times = decide()
    .map((one) => one.ms)
    .sort((a, b) => a - b);
  results.add('decision over them, warm: p50', times[times.length >> 1]!, 'ms CPU');
  results.add('decision over them, warm: p99', times[Math.floor(times.length * 0.99)]!, 'ms CPU');
  benchDisruptions(results, network, compiled, random);
}

function benchDisruptions(
  results: Results,
  network: Network,
  compiled: CompiledNetwork,
  random: Random,
): void {
  const closed = (from_seconds: number, hours: number): DisruptionInput => {
    const until_seconds = from_seconds + hours * 3600;
    const hub_id = hubId(random.between(0, HUBS - 1));
    return { kind: 'hub_closed', from_seconds, until_seconds, hub_id };
  };
  const cancelled = (from_seconds: number): DisruptionInput => {
    const leg_id = random.pick(network.legs).id;
    return { kind: 'leg_cancelled', from_seconds, until_seconds: from_seconds + 6 * 3600, leg_id };
  };
  const today = Array.from({ length: 10 }, (_, i) => {
    const from_seconds = FROM + random.between(1, 18) * 3600;
    return i % 2 === 0 ? closed(from_seconds, 6) : cancelled(from_seconds);
  });
  const far = [1, 3, 5, 6].map((day) => closed(FROM + day * 86_400, 24));
  const takenOver = (change: DisruptionInput) => {
    const steps = disruptInSteps(compiled, [change]);
    let [all, longest] = [0, 0];
    for (let isDone = false; !isDone; ) {
      // What else the loop would have to wait for: the collector's own threads do not count.
      const before = process.threadCpuUsage();
      const step = timed(() => steps.next().done === true);
      const { user, system } = process.threadCpuUsage(before);
      isDone = step.value;
      all += step.ms;
      longest = Math.max(longest, (user + system) / 1000);
    }
    return { all, longest };
  };
  const runs = [today, far].map((changes) => changes.map(takenOver));
  const most = (pick: (run: { all: number; longest: number }) => number, of = runs.flat()) =>
    of.map(pick).reduce((a, b) => Math.max(a, b));
  const whole = { most: 1000 };
  const what = 'a hub closed or a leg cancelled today, taken over: longest';
  results.add(
    what,
    most(({ all }) => all, runs[0]),
    'ms CPU',
    whole,
  );
  const later = 'a hub closed for a day within the week, taken over: longest';
  results.add(
    later,
    most(({ all }) => all, runs[1]),
    'ms CPU',
    whole,
  );
  results.add(
    'longest piece of taking a disruption over',
    most(({ longest }) => longest),
    'ms CPU',
    {
      most: 100,
    },
  );
}
