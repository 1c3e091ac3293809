/**
 * Quiet hours in decisions: promises name no instant inside them, are exact, checked, monotone, and give away
 * no more than stated.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import { promiseBy, promiseFloor } from '../../routing/arrivals.ts';
import { firstPickup } from '../../routing/calendar.ts';
import { promised, quantile } from '../../routing/checker-arrivals.ts';
import { checkerClock } from '../../routing/checker-clock.ts';
import { timesFrom } from '../../routing/floors.ts';
import { freightFloors, NO_FREIGHT } from '../../routing/freight-floors.ts';
import {
  checkPlan,
  compileNetwork,
  keepsPromise,
  type NetworkInput,
  onTimeProbability,
  openBoard,
  priceRoute,
  QUIET_PART,
  source,
  type TransitTimeInput,
  timeCost,
  type ZoneInput,
} from '../../routing/index.ts';
import { openOrder } from '../../routing/order-context.ts';
import { floorIndex } from '../../routing/rates.ts';
import { compileTransit } from '../../routing/transit.ts';
import { type Random, seededRandom } from '../../src/simulation/random.ts';
import { enumerateBest } from './enumerate.ts';
import { quietly, someRuns } from './quiet-world.ts';
import { overHubs } from './routes/hub-world.ts';
import { runs, seedOf } from './runs.ts';
import { aWorld, MONDAY, type World } from './small-world.ts';

const SEED = seedOf(20261126);
const HOUR = 3600;
const SHAPE = { warehouses: 3, services: 3, skus: 3, lines: 3, scarce: true };

/** The world with quiet hours, and with waits if asked for. */
function quiet(seed: number, isWaiting: boolean): World {
  const random = seededRandom(seed + 1);
  const world = aWorld(seed, SHAPE);
  const wait_seconds = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 9, 20, 40].map((h) => h * HOUR);
  const waits = [{ warehouse_id: null, hours: null, wait_seconds }];
  const network = quietly(world.network, random);
  return { ...world, network: isWaiting ? { ...network, waits } : network };
}

function decide(world: World) {
  const network = compileNetwork(world.network, { from_seconds: MONDAY });
  const board = openBoard(network, world.stock, world.capacity);
  return { network, result: source(network, board, world.order, { work: 2_000_000 }) };
}

const withoutQuiet = (network: NetworkInput): NetworkInput => ({
  ...network,
  quiet_hours: undefined,
});

describe(`quiet hours in decisions (seed ${SEED})`, () => {
  it('leave a decision the enumerated optimum', { timeout: 60_000 }, () => {
    let decided = 0;
    let moved = 0;
    const property = fc.property(fc.nat(1 << 30), fc.boolean(), (seed, isWaiting) => {
      const world = quiet(seed, isWaiting);
      const best = enumerateBest(world);
      const { result } = decide(world);
      if (result.outcome !== 'sourced' || result.proof.kind !== 'optimal' || !(best < Infinity))
        return;
      decided += 1;
      expect(result.cost).toBe(best);
      const other = decide({ ...world, network: withoutQuiet(world.network) }).result;
      moved += +(JSON.stringify(other) !== JSON.stringify(result));
    });
    fc.assert(property, { seed: SEED, numRuns: runs(40), endOnFailure: true });
    expect(decided).toBeGreaterThan(10);
    expect(moved).toBeGreaterThan(0);
  });

  it('are in every promise as the checker works them out, and give away no more than stated', {
    timeout: 60_000,
  }, () => {
    let parcels = 0;
    const property = fc.property(fc.nat(1 << 30), fc.boolean(), (seed, isWaiting) => {
      const world = quiet(seed, isWaiting);
      const { result, network } = decide(world);
      if (result.outcome !== 'sourced') return;
      parcels += result.parcels.length;
      expect(checkPlan({ ...world, plan: result })).toEqual([]);
      const { destination } = world.order;
      for (const parcel of result.parcels) {
        const { pickup_seconds, promise_seconds, expected_seconds } = parcel;
        expect(promise_seconds).toBeGreaterThan(pickup_seconds);
        expect(expected_seconds).toBeLessThanOrEqual(promise_seconds);
        const sure = onTimeProbability(network, destination, [parcel], promise_seconds);
        expect(sure).toBeGreaterThan(1 - (1 + QUIET_PART) * (1 - result.confidence) - 1e-4);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: runs(55), endOnFailure: true });
    expect(parcels).toBeGreaterThan(20);
  });

  it('hold for ways over hubs by the table of their last mile', { timeout: 60_000 }, () => {
    let [routed, moved, unsure] = [0, 0, 0];
    for (let i = 0; i < runs(80); i++) {
      const random = seededRandom(SEED + i);
      const shape = { hubs: 4, legs: 8, fixed: false, disruptions: random.between(0, 2) };
      const world = aWorld(SEED + i, { ...SHAPE, scarce: false });
      const network = quietly(overHubs(world.network, random, shape, 0.9), random);
      const { result, network: compiled } = decide({ ...world, network });
      if (result.outcome !== 'sourced') continue;
      expect(checkPlan({ ...world, network, plan: result }), `run ${i}`).toEqual([]);
      const other = prepareWithout(network);
      const found = other({ ...world, plan: result });
      for (const { route, promise_seconds: due, ...parcel } of result.parcels) {
        if (route === undefined) continue;
        // Priced again it is what was promised, and keeps it, also where it is a little less sure.
        const price = priceRoute(compiled, { ...parcel, route }, due)!;
        expect(price.promise_seconds, `run ${i}`).toBe(due);
        expect(keepsPromise(price, due, result.confidence), `run ${i}`).toBe(true);
        const sooner = due - 30 * 86_400;
        const late = priceRoute(compiled, { ...parcel, route }, sooner)!;
        expect(keepsPromise(late, sooner, result.confidence)).toBe(false);
        unsure += +(price.on_time_probability < result.confidence - 1e-3);
      }
      routed += result.parcels.filter(({ route }) => route !== undefined).length;
      moved += +found.some(({ rule }) => rule === 'promise');
    }
    expect(routed).toBeGreaterThan(20);
    expect(moved).toBeGreaterThan(0);
    expect(unsure).toBeGreaterThan(0);
  });
});

/** The checker of a document without its quiet hours. */
const prepareWithout =
  (network: NetworkInput) => (rest: Omit<Parameters<typeof checkPlan>[0], 'network'>) =>
    checkPlan({ ...rest, network: withoutQuiet(network) });

type Points = TransitTimeInput['quantiles'];

/** A time in transit of hours or of days. */
function somePoints(random: Random): Points {
  let seconds = random.between(0, 40) * HOUR;
  const step = random.pick([600, HOUR, 12 * HOUR]);
  return [0.01, 0.3, 0.5, 0.8, 0.88, 0.9, 0.93, 0.95, 0.99].map((probability) => {
    seconds += random.between(0, 8) * step + random.between(0, 3);
    return [probability, seconds] as const;
  });
}

/** Zones in which clocks change at night, at midnight, by half an hour, and never. */
const ZONES = [
  ['Europe/Berlin', Date.UTC(2026, 2, 25)],
  ['America/Sao_Paulo', Date.UTC(2018, 10, 1)],
  ['America/Sao_Paulo', Date.UTC(2018, 1, 14)],
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 1)],
  ['America/New_York', Date.UTC(2026, 9, 28)],
  ['Asia/Kathmandu', Date.UTC(2026, 5, 1)],
] as const;

/** A place, two times to it of which the second is later at every quantile, and its network. */
function aPlace(seed: number) {
  const random = seededRandom(seed);
  const [time_zone, from] = random.pick(ZONES);
  const zone: ZoneInput = {
    id: 'Z',
    country: 'DE',
    time_zone,
    ...(random.chance(0.5)
      ? {
          delivery_hours: {
            mon: [['09:00', '18:00']],
            tue: [['08:00', '12:00']],
            sat: [['00:00', '24:00']],
          },
        }
      : {}),
  };
  const runs = someRuns(random);
  const early = somePoints(random);
  const late = early.map(([p, seconds]) => [p, seconds + random.pick([0, 0, 5, HOUR])] as const);
  const order = late.map(
    ([p], i) => [p, Math.max(...late.slice(0, i + 1).map(([, s]) => s))] as const,
  );
  const empty = aWorld(1, SHAPE).network;
  const network: NetworkInput = {
    ...empty,
    zones: [zone],
    services: [],
    transit_times: [early, order].map((quantiles, i) => ({
      id: `T${i}`,
      quantiles,
      quiet_service_id: 'S',
    })),
    quiet_hours: [{ service_id: 'S', region: null, runs }],
    policy: { ...empty.policy, confidence: random.pick([0.01, 0.5, 0.9, 0.95]) },
  };
  const from_seconds = from / 1000;
  return {
    random,
    zone,
    runs,
    network,
    compiled: compileNetwork(network, { from_seconds }),
    from_seconds,
  };
}

describe(`a promise with quiet hours (seed ${SEED})`, () => {
  const cases = (check: (place: ReturnType<typeof aPlace>) => void) =>
    fc.assert(
      fc.property(fc.nat(1 << 30), (seed) => check(aPlace(seed))),
      { seed: SEED, numRuns: runs(100), endOnFailure: true },
    );

  it('is what the checker finds, by clocks that change too', () => {
    let moved = 0;
    cases(({ random, zone, runs, network, compiled, from_seconds }) => {
      const clock = checkerClock();
      const { confidence } = network.policy;
      for (let i = 0; i < 12; i++) {
        const pickup = from_seconds + random.between(0, 6 * 24 * 4) * 900;
        const place = random.pick([0, 1]);
        const points = network.transit_times[place]!.quantiles;
        const comes = (share: number) => Math.ceil(pickup + quantile(points, share) - 1e-6);
        const at = promiseBy(compiled, compiled.transit, place, 0, pickup);
        expect(at).toBe(promised(clock, zone, runs, comes, confidence));
        moved += +(at < comes(confidence));
        // Nobody is promised less than the quantile that lies so much lower, nor before the pickup.
        expect(at).toBeGreaterThanOrEqual(comes(confidence - QUIET_PART * (1 - confidence)));
        expect(at).toBeLessThanOrEqual(promised(clock, zone, undefined, comes, confidence));
      }
    });
    expect(moved).toBeGreaterThan(100);
  });

  it('is no sooner after a later pickup or by a later time, and no sooner than its floor', () => {
    cases(({ random, compiled, from_seconds }) => {
      const by = (place: number, pickup: number) =>
        promiseBy(compiled, compiled.transit, place, 0, pickup);
      let [pickup, before] = [from_seconds, by(0, from_seconds)];
      for (let i = 0; i < 60; i++) {
        pickup += random.pick([1, 900, HOUR, 5 * HOUR]);
        const next = by(0, pickup);
        expect(next).toBeGreaterThanOrEqual(before);
        expect(by(1, pickup)).toBeGreaterThanOrEqual(next);
        expect(promiseFloor(compiled, 0, 0, pickup)).toBeLessThanOrEqual(next);
        before = next;
      }
    });
  });

  it('moves no time of a document without them, and none of a table that names no service', () => {
    const quantiles: Points = [
      [0.5, 10],
      [0.95, 20],
    ];
    const plain = compileTransit([{ id: 'T', quantiles }], 0.95);
    expect(plain.quiet).toBeUndefined();
    expect(plain.soonest).toBe(plain.promised);
    const other = compileTransit([{ id: 'T', quantiles }], 0.95, undefined, new Map([['S', 1]]));
    expect([other.quiet![0], other.soonest[0]]).toEqual([0, 20]);
  });
});

/** A network of services of which half have quiet hours, each its own. */
function aLargeWorld(seed: number) {
  const random = seededRandom(seed);
  const sizes = { warehouses: 6, services: 24, zones: 4, skus: 10, carriers: 8 };
  const document = generateNetwork({ seed, ...sizes });
  const transit_times = document.services.map(({ id }, i): TransitTimeInput => {
    const quiet = i % 2 === 0 ? { quiet_service_id: id } : {};
    return { id: `own-${id}`, quantiles: somePoints(random), ...quiet };
  });
  // One timetable: only then are services compared with each other.
  const { pickups } = document.services[0]!;
  const services = document.services.map((service) => ({
    ...service,
    pickups,
    pickup_holidays: [],
    lanes: service.lanes.map((lane) => ({ ...lane, transit_time_id: `own-${service.id}` })),
  }));
  const quiet_hours = services
    .filter((_, i) => i % 2 === 0)
    .map(({ id }) => ({ service_id: id, region: null, runs: someRuns(random) }));
  const network: NetworkInput = { ...document, transit_times, services, quiet_hours };
  return { document, network };
}

describe(`floors with quiet hours (seed ${SEED})`, () => {
  it('are never above the freight and the time of any service of the warehouse', () => {
    let rows = 0;
    for (let i = 0; i < runs(40); i++) {
      const { document, network: input } = aLargeWorld(SEED + i);
      const random = seededRandom(SEED + i);
      const from_seconds = MONDAY;
      const network = compileNetwork(input, { from_seconds });
      const order = generateOrder(document, random, 1, from_seconds);
      const board = openBoard(network, generateStock(document, 3, 1), []);
      const context = openOrder(network, board, order, 5000);
      if ('outcome' in context) throw new Error(context.reason);
      const index = floorIndex(network.rates, 500_000, 1e6);
      const floors = freightFloors(context, index, 1);
      for (let w = 0; w < network.warehouses.ids.length; w++) {
        const ready = context.at + random.between(0, 48) * HOUR;
        const floor = floors.timedFrom(context, w, ready, timesFrom(context, w, ready));
        const { lanes } = context;
        for (let at = lanes.firstFrom(w); at < lanes.endFrom(w); at++) {
          const row = lanes.rows[at]!;
          const pickups = network.calendars.pickups(w, lanes.service[row]!);
          const pickup = pickups.at[firstPickup(pickups, ready)];
          const arrival = lanes.arrival[row]!;
          if (pickup === undefined || floors.byRow[row]! === NO_FREIGHT) continue;
          const zone = lanes.arrivalZone[arrival]!;
          const place = lanes.arrivalTransit[arrival]!;
          const promise = promiseBy(network, network.transit, place, zone, pickup);
          const time = timeCost(context.timePerDay, context.at, promise);
          expect(floor).toBeLessThanOrEqual(floors.byRow[row]! + time);
          rows += 1;
        }
      }
    }
    expect(rows).toBeGreaterThan(1000);
  });

  it('let a promise be at the very closing of a door, as the checker has it', () => {
    const zone: ZoneInput = {
      id: 'Z',
      country: 'DE',
      time_zone: 'Europe/Berlin',
      delivery_hours: {
        fri: [['09:00', '18:00']],
        sat: [['09:00', '24:00']],
        mon: [['09:00', '18:00']],
      },
    };
    const empty = aWorld(1, SHAPE).network;
    const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds / 1000;
    const promiseOf = (runs: readonly (readonly [number, number])[], pickup: number) => {
      const network: NetworkInput = {
        ...empty,
        zones: [zone],
        services: [],
        transit_times: [
          {
            id: 'T',
            quantiles: [
              [0.88, 10 * HOUR],
              [0.95, 20 * HOUR],
            ],
            quiet_service_id: 'S',
          },
        ],
        quiet_hours: [{ service_id: 'S', region: null, runs }],
        policy: { ...empty.policy, confidence: 0.9 },
      };
      const compiled = compileNetwork(network, { from_seconds: MONDAY });
      const points = network.transit_times[0]!.quantiles;
      const comes = (share: number) => Math.ceil(pickup + quantile(points, share) - 1e-6);
      const found = promiseBy(compiled, compiled.transit, 0, 0, pickup);
      expect(found).toBe(promised(checkerClock(), zone, runs, comes, 0.9));
      return Temporal.Instant.fromEpochMilliseconds(found * 1000).toString();
    };
    // Half past seven, and 12.9 h: by then nobody has been at the door since six.
    const friday = at('2026-03-27T06:30Z');
    expect(promiseOf([[4 * 24 + 18, 15]], friday)).toBe('2026-03-27T17:00:00Z');
    // Nobody comes sooner than ten hours after eight, which is the closing: too late for it.
    expect(promiseOf([[4 * 24 + 18, 15]], friday + HOUR / 2)).toBe('2026-03-28T08:00:00Z');
    // The run begins when doors have closed already: forward to the next opening, as without it.
    expect(promiseOf([[4 * 24 + 19, 14]], friday)).toBe('2026-03-28T08:00:00Z');
    expect(promiseOf([], friday)).toBe('2026-03-28T08:00:00Z');
    // Midnight closes Saturday.
    expect(promiseOf([[6 * 24, 20]], at('2026-03-28T12:30Z'))).toBe('2026-03-28T23:00:00Z');
  });
});
