/** Optimal means optimal: random orders against a mixed-integer programme solved by HiGHS. */
import highsLoader from 'highs';
import { describe, expect, it } from 'vitest';
import { generateNetwork, generateOrder, generateStock } from '../../bench/generate-network.ts';
import {
  compileNetwork,
  openBoard,
  type SourcedPlan,
  type SourcingOrder,
  source,
} from '../../routing/index.ts';
import { seededRandom } from '../../src/simulation/random.ts';
import { runs, seedOf } from './runs.ts';

const ORDERS = runs(90);
const SEED = seedOf(1234);
const from_seconds = Date.UTC(2026, 10, 18, 9) / 1000;
const document = generateNetwork({
  seed: 6,
  warehouses: 20,
  services: 60,
  zones: 10,
  skus: 40,
  carriers: 20,
});
const network = compileNetwork(document, { from_seconds });
const board = openBoard(network, generateStock(document, 5, 0.4), []);

interface Column {
  readonly lines: readonly number[];
  readonly cost: number;
  readonly days: number;
}

/** Every parcel a single warehouse and service can send: a decision on that part of the order. */
function columnsOf(order: SourcingOrder): Column[] {
  const columns: Column[] = [];
  const full = 2 ** order.lines.length - 1;
  const services = document.services.map((service) => service.id);
  for (const { id } of document.warehouses) {
    for (let subset = 1; subset <= full; subset++) {
      const lines = order.lines.filter((_, i) => (subset & (1 << i)) !== 0);
      const used = new Set<string>();
      for (;;) {
        const part = { ...order, lines, only_warehouses: [id], excluded_services: [...used] };
        const single = { ...network, policy: { ...network.policy, split_limit: 1 } };
        const plan = source(single, { ...board, network: single }, part, { work: 1e9 });
        if (plan.outcome === 'unsourced' || plan.parcels.length > 1) break;
        const [parcel] = plan.parcels;
        const { freight, handling, lateness } = parcel!.cost;
        const days = (parcel!.promise_seconds - order.at_seconds) / 86_400;
        columns.push({
          lines: lines.map((line) => line.line_no),
          cost: freight + handling + lateness,
          days,
        });
        used.add(parcel!.service_id);
        if (used.size === services.length) break;
      }
    }
  }
  const bySubset = Map.groupBy(columns, (column) => column.lines.join());
  return [...bySubset.values()].flatMap((same) =>
    same.filter((column) => !same.some((other) => beats(other, column))),
  );
}

/** True if `a`, which sends the same lines, is no dearer and no later than `b`, and not its equal. */
function beats(a: Column, b: Column): boolean {
  if (a.cost > b.cost || a.days > b.days) return false;
  return a.cost < b.cost || a.days < b.days;
}

/** The programme: choose parcels that cover each line once, at most `split_limit` of them. */
function programme(order: SourcingOrder, columns: readonly Column[]): string {
  const { split_penalty, split_limit, time_per_day } = document.policy;
  const terms = columns.map(({ cost }, i) => `+ ${cost + split_penalty} x${i}`);
  const covers = order.lines.map(({ line_no }) => {
    const names = columns.flatMap(({ lines }, i) => (lines.includes(line_no) ? [`+ x${i}`] : []));
    return ` c${line_no}: ${names.join('\n ')} = 1`;
  });
  const count = ` n: ${columns.map((_, i) => `+ x${i}`).join('\n ')} <= ${split_limit}`;
  const last = columns.map(({ days }, i) => ` t${i}: T - ${days} x${i} >= 0`);
  return [
    'Minimize',
    ` obj: ${time_per_day} T ${terms.join('\n ')}`,
    'Subject To',
    ...covers,
    count,
    ...last,
    'Binary',
    ...columns.map((_, i) => ` x${i}`),
    'End',
  ].join('\n');
}

describe('the decision', () => {
  it(
    `has gap 0 against a MIP on ${ORDERS} random orders`,
    async () => {
      // The package is CommonJS but declares a default export.
      const highs = await (highsLoader as unknown as typeof highsLoader.default)();
      const random = seededRandom(SEED);
      let compared = 0;
      for (let i = 0; i < ORDERS; i++) {
        const order = generateOrder(
          document,
          random,
          i % 18 === 0 ? random.between(5, 8) : random.between(1, 4),
          from_seconds + i * 60,
        );
        const plan = source(network, board, order, { work: 1e9 });
        const columns = columnsOf(order);
        if (plan.outcome === 'unsourced') continue;
        const solved = highs.solve(programme(order, columns), { mip_rel_gap: 0, mip_abs_gap: 0 });
        const optimum = solved.ObjectiveValue - document.policy.split_penalty;
        const found: SourcedPlan = plan;
        expect(found.proof.kind).toBe('optimal');
        // Time is rounded once per order.
        expect(Math.abs(found.cost - optimum)).toBeLessThan(1);
        compared++;
      }
      console.log(JSON.stringify({ seed: SEED, compared }));
      expect(compared).toBeGreaterThan(ORDERS * 0.8);
    },
    120_000 + 1000 * ORDERS,
  );
});
