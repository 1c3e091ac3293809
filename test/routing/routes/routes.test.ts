import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earliestArrivals, NEVER, routeTo } from '../../../routing/routes/connection-scan.ts';
import { paretoRoutes } from '../../../routing/routes/pareto-routes.ts';
import { type Disruption, RouteTrees } from '../../../routing/routes/route-trees.ts';
import { buildTimetable } from '../../../routing/routes/timetable.ts';
import { runs, seedOf } from '../runs.ts';
import { type OracleNetwork, oracleArrivals, oraclePareto } from './time-expanded.ts';

const START = 1_700_000_000;
const HUBS = 6;
const seed = seedOf(20261125);

const hub = fc.integer({ min: 0, max: HUBS - 1 });
const connection = fc
  .record({
    from_hub: hub,
    to_hub: hub,
    departs: fc.integer({ min: 0, max: 60 }),
    takes: fc.integer({ min: 1, max: 25 }),
    cost: fc.integer({ min: 0, max: 9 }),
    carbon_grams: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ departs, takes, ...rest }) => ({
    ...rest,
    departs_seconds: START + departs,
    arrives_seconds: START + departs + takes,
  }));
const passage = fc.record({
  from_hub: hub,
  to_hub: hub,
  seconds: fc.integer({ min: 1, max: 9 }),
  cost: fc.integer({ min: 0, max: 9 }),
  carbon_grams: fc.integer({ min: 0, max: 9 }),
});
const networks = (most: number): fc.Arbitrary<OracleNetwork> =>
  fc.record({
    transfer_seconds: fc.array(fc.integer({ min: 0, max: 6 }), {
      minLength: HUBS,
      maxLength: HUBS,
    }),
    connections: fc.array(connection, { maxLength: most }),
    passages: fc.array(passage, { maxLength: 3 }),
  });
const timetableOf = (network: OracleNetwork) =>
  buildTimetable(network, network.connections, network.passages);

/** Arrivals as the oracle writes them. */
function arrivals(network: OracleNetwork, tree: { arrival: Int32Array }): number[] {
  const { start_seconds } = timetableOf(network);
  return Array.from(tree.arrival, (at) => (at === NEVER ? Infinity : at + start_seconds));
}

describe(`earliest arrivals (seed ${seed})`, () => {
  it('are those of a search over all hubs and instants', () => {
    const after = fc.integer({ min: -5, max: 40 });
    fc.assert(
      fc.property(networks(40), hub, after, (network, from, wait) => {
        const tree = earliestArrivals(timetableOf(network), from, START + wait);
        expect(arrivals(network, tree)).toEqual(oracleArrivals(network, from, START + wait));
      }),
      { seed, numRuns: runs(400) },
    );
  });

  it('come with a route that can be ridden and arrives then', () => {
    fc.assert(
      fc.property(networks(40), hub, hub, (network, from, to) => {
        const tree = earliestArrivals(timetableOf(network), from, START);
        const route = routeTo(tree, to);
        const expected = oracleArrivals(network, from, START)[to]!;
        expect(route === undefined).toBe(expected === Number.POSITIVE_INFINITY);
        let at = START;
        route?.connections.forEach((id, i) => {
          const [a, b] = [route.hubs[i]!, route.hubs[i + 1]!];
          if (id < 0) {
            const ways = network.passages.filter((p) => p.from_hub === a && p.to_hub === b);
            at += Math.min(...ways.map((p) => p.seconds));
            return;
          }
          const ride = network.connections[id]!;
          expect([ride.from_hub, ride.to_hub]).toEqual([a, b]);
          expect(ride.departs_seconds).toBeGreaterThanOrEqual(
            at + (i === 0 ? 0 : network.transfer_seconds[a]!),
          );
          at = ride.arrives_seconds;
        });
        if (route !== undefined) expect(at).toBe(expected);
      }),
      { seed, numRuns: runs(300) },
    );
  });
});

describe(`routes by time, cost and carbon (seed ${seed})`, () => {
  it('are all the undominated ones of every way there is', () => {
    fc.assert(
      fc.property(networks(14), hub, (network, from) => {
        const timetable = timetableOf(network);
        const bags = paretoRoutes(timetable, from, START, START + 70);
        const found = bags.map((bag) =>
          bag
            .map(
              (one) => [one.arrival + timetable.start_seconds, one.cost, one.carbon_grams] as const,
            )
            .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]),
        );
        expect(found).toEqual(oraclePareto(network, from, START, START + 70));
      }),
      { seed, numRuns: runs(300) },
    );
  });
});

describe(`a disruption (seed ${seed})`, () => {
  const disruption = (count: number): fc.Arbitrary<Disruption> =>
    fc.oneof(
      fc.record({
        kind: fc.constant('cancelled' as const),
        connection: fc.integer({ min: 0, max: count - 1 }),
      }),
      fc.record({
        kind: fc.constant('delayed' as const),
        connection: fc.integer({ min: 0, max: count - 1 }),
        seconds: fc.integer({ min: 0, max: 30 }),
      }),
      fc.record({
        kind: fc.constant('hub_closed' as const),
        hub,
        from_seconds: fc.integer({ min: START, max: START + 50 }),
        until_seconds: fc.integer({ min: START, max: START + 90 }),
      }),
    );

  /** The network as it runs after a disruption; what is stopped departs when nobody can ride it. */
  function after(network: OracleNetwork, change: Disruption): OracleNetwork {
    const connections = network.connections.map((c, id) => {
      if (change.kind === 'hub_closed') {
        const within = (at: number) => at >= change.from_seconds && at < change.until_seconds;
        const leaves = c.from_hub === change.hub && within(c.departs_seconds);
        const lands = c.to_hub === change.hub && within(c.arrives_seconds);
        return leaves || lands ? { ...c, departs_seconds: Number.NEGATIVE_INFINITY } : c;
      }
      if (id !== change.connection) return c;
      if (change.kind === 'cancelled') return { ...c, departs_seconds: Number.NEGATIVE_INFINITY };
      const seconds = c.departs_seconds === Number.NEGATIVE_INFINITY ? 0 : change.seconds;
      return {
        ...c,
        departs_seconds: c.departs_seconds + seconds,
        arrives_seconds: c.arrives_seconds + seconds,
      };
    });
    return { ...network, connections };
  }

  it('leaves every tree as if worked out anew, and touches only those that change or used it', () => {
    const cases = networks(40)
      .filter(({ connections }) => connections.length > 0)
      .chain((network) =>
        fc.tuple(
          fc.constant(network),
          fc.array(disruption(network.connections.length), { minLength: 1, maxLength: 4 }),
        ),
      );
    fc.assert(
      fc.property(cases, ([network, changes]) => {
        const origins = Array.from({ length: HUBS }, (_, i) => ({ hub: i, at_seconds: START + i }));
        const trees = new RouteTrees(timetableOf(network), origins);
        let now = network;
        for (const change of changes) {
          const before = trees.trees().slice();
          const touched = trees.disrupt(change);
          now = after(now, change);
          trees.trees().forEach((tree, place) => {
            const { hub: from, at_seconds } = origins[place]!;
            expect(arrivals(network, tree)).toEqual(oracleArrivals(now, from, at_seconds));
            if (!touched.includes(place)) expect(tree).toBe(before[place]);
          });
        }
      }),
      { seed, numRuns: runs(300) },
    );
  });

  it('says what it does not know', () => {
    const ride = {
      from_hub: 0,
      to_hub: 1,
      departs_seconds: START,
      arrives_seconds: START + 5,
      cost: 1,
      carbon_grams: 1,
    };
    const hubs = { transfer_seconds: [0, 0] };
    const trees = new RouteTrees(buildTimetable(hubs, [ride]), [{ hub: 0, at_seconds: START }]);

    expect(() => trees.disrupt({ kind: 'cancelled', connection: 7 })).toThrow(/no connection 7/);
    expect(() => trees.disrupt({ kind: 'delayed', connection: 0, seconds: -1 })).toThrow(/-1 s/);
    expect(() => buildTimetable(hubs, [{ ...ride, arrives_seconds: START }])).toThrow(/takes 0 s/);
    expect(() => buildTimetable(hubs, [{ ...ride, to_hub: 2 }])).toThrow(/hub 2, not there/);
  });
});
