/**
 * Disruptions taken over one after another leave, on hundreds of random line-hauls, the very ways, routes
 * and times that looking for all of them anew gives.
 */
import { describe, expect, it } from 'vitest';
import { lawAt, type NetworkInput, type ViaInput } from '../../../routing/index.ts';
import { disruptBook } from '../../../routing/routes/disrupt-book.ts';
import { openBook, type RouteBook } from '../../../routing/routes/route-book.ts';
import { criteriaOf } from '../../../routing/routes/route-labels.ts';
import { legsOf } from '../../../routing/routes/route-profile.ts';
import { routesVia } from '../../../routing/routes/routes-via.ts';
import { type Random, seededRandom } from '../../../src/simulation/random.ts';
import { runs, seedOf } from '../runs.ts';
import { MONDAY } from '../small-world.ts';
import { aDisruption, aLineHaul, type HubShape } from './hub-world.ts';

const seed = seedOf(20261126);
const HORIZON = { from_seconds: Math.floor(MONDAY / 86_400) * 86_400, horizon_days: 21 };
const PICKUP = MONDAY + 11 * 3600;

describe(`a book of routes under changing disruptions (seed ${seed})`, () => {
  it('is what opening it anew would give', () => {
    const counts = { networks: 0, changes: 0, swept: 0, kept: 0, labels: 0 };
    for (let i = 0; i < runs(200); i++) {
      const random = seededRandom(seed + i);
      const hubs = random.between(4, 8);
      const shape: HubShape = { hubs, legs: hubs * 3, fixed: random.chance(0.5), disruptions: 1 };
      const network = aNetworkOfHubs(random, shape);
      // Where no leg starts at any time, a sweep ends where it meets what was found before.
      const input = i % 2 === 0 ? network : byTimetable(network);
      const vias = Array.from({ length: 2 }, () => aVia(random, shape));
      let now = filled(openBook(input, HORIZON), vias);
      counts.networks += 1;
      for (let change = 0; change < 3; change++) {
        const disruptions = Array.from({ length: random.between(0, 3) }, () =>
          aDisruption(random, shape),
        );
        const { book, profiles_swept, profiles_kept } = ended(disruptBook(now, disruptions));
        now = filled(book, vias);
        const anew = filled(openBook({ ...input, disruptions }, HORIZON), vias);
        // As text: comparing a hundred thousand labels one by one takes a minute.
        const text = (book: RouteBook) => JSON.stringify(described(book, vias));
        expect(text(now) === text(anew), `run ${i}, change ${change}`).toBe(true);
        counts.changes += 1;
        counts.swept += profiles_swept;
        counts.kept += profiles_kept;
        counts.labels += [...now.profiles.values()].reduce(
          (sum, one) => sum + one.labels.length,
          0,
        );
      }
    }
    // Both ways of taking a disruption over were seen, on ways that were there.
    expect(counts.swept).toBeGreaterThan(counts.changes / 5);
    expect(counts.kept).toBeGreaterThan(counts.changes / 5);
    expect(counts.labels).toBeGreaterThan(counts.changes);
  });
});

function aNetworkOfHubs(random: Random, shape: HubShape): NetworkInput {
  const { hubs, legs, times, disruptions } = aLineHaul(random, shape);
  const none = { skus: [], warehouses: [], zones: [], services: [], rate_cards: [] };
  const policy = { confidence: 0.9, split_limit: 1, split_penalty: 0, lateness_per_day: 0 };
  return {
    ...none,
    policy: { ...policy, time_per_day: 0 },
    transit_times: times,
    hubs,
    legs,
    disruptions,
  };
}

const byTimetable = (network: NetworkInput): NetworkInput => ({
  ...network,
  legs: network.legs!.map((leg) => ({ ...leg, departures: leg.departures ?? { tue: ['07:40'] } })),
});

function aVia(random: Random, shape: HubShape): ViaInput {
  const mile = () => ({
    hub_id: `H${random.between(0, shape.hubs - 1)}`,
    transit_time_id: `M${random.pick([0, 2])}`,
  });
  const via = { first_mile: [mile(), mile()], last_mile: [mile()] };
  return random.chance(0.25) ? { ...via, carriers: ['K0', 'K1'] } : via;
}

function ended<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function filled(book: RouteBook, vias: readonly ViaInput[]): RouteBook {
  for (const via of vias) ended(routesVia(book, via));
  return book;
}

/** Every way to every last-mile hub, and the routes of each lane with their times. */
function described(book: RouteBook, vias: readonly ViaInput[]) {
  const ways = [...book.profiles].map(([key, { labels, columns }]) => [
    key,
    labels.map((own) => own.map((row) => [...criteriaOf(columns, row), legsOf(columns, row)])),
  ]);
  const routes = vias.map((via) =>
    ended(routesVia(book, via)).map((index) => {
      const { first, last, itinerary, floor } = book.routes[index]!;
      const law = lawAt(book, index, PICKUP);
      const times = law && [...law.probability, ...law.seconds];
      return { first, last, itinerary, floor, times };
    }),
  );
  return { ways, routes };
}
