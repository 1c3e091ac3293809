/**
 * The generated world that decisions are measured on: 1,000 warehouses × 3,000 services, each SKU in
 * a tenth of the warehouses, and the real baskets of a grocery shop to order in it. Made once a run.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileNetwork, openBoard, type SourcingOrder, source } from '../routing/index.ts';
import { testConfig } from '../src/runtime/config.ts';
import type { Random } from '../src/simulation/random.ts';
import { benchSeed } from './command-line.ts';
import { generateNetwork, generateOrder, generateStock } from './generate-network.ts';

/** Seed of everything generated here; parts draw their orders from seeds near it. */
export const SEED = benchSeed(20261121);
/** Wednesday 2026-11-18, 09:00 UTC. */
export const AT = Date.UTC(2026, 10, 18, 9) / 1000;
/** What production allows one order at most. */
export const BUDGET = { work: testConfig().solver_work_max };

const document = generateNetwork({
  seed: SEED,
  warehouses: 1000,
  services: 3000,
  zones: 250,
  skus: 1000,
  carriers: 1000,
});

/** The network, its compiled form, and stock of every SKU in a tenth of the warehouses. */
export const world = {
  document,
  compiled: compileNetwork(document, { from_seconds: AT }),
  stock: generateStock(document, SEED + 1, 0.1),
};

/** Orders of so many different SKUs each, ten a second. */
export function ordersOf(random: Random, count: number, lines: () => number): SourcingOrder[] {
  return Array.from({ length: count }, (_, i) =>
    generateOrder(world.document, random, lines(), AT + Math.floor(i / 10)),
  );
}

/** Fills the lane tables, as the first minute of a day does, and warms the compiler up. */
export function warmUp(random: Random): void {
  const board = openBoard(world.compiled, world.stock, []);
  for (const zone of world.document.zones) {
    const order = generateOrder(world.document, random, 1, AT);
    const destination = { country: zone.country, postal_code: zone.postal_prefixes![0]! };
    source(world.compiled, board, { ...order, destination }, BUDGET);
  }
  for (const order of ordersOf(random, 400, () => random.between(1, 16))) {
    source(world.compiled, board, order, BUDGET);
  }
}

/** `PORTOLAN_SHARED_DATA` names another folder of public data than the one beside the project. */
const DATA = process.env.PORTOLAN_SHARED_DATA ?? join(import.meta.dirname, '../../shared/data');
const BASKETS = join(DATA, 'baskets/groceries.csv');

/**
 * The baskets of the "Groceries" data of the R package arules (Hahsler et al.) as SKU numbers, in the
 * order of the file; undefined where the file is not at hand (it is not part of this repository).
 */
export function readBaskets(): number[][] | undefined {
  if (!existsSync(BASKETS)) return undefined;
  const numbers = new Map<string, number>();
  const rows = readFileSync(BASKETS, 'utf8').trim().split('\n').slice(1);
  return rows.map((row) =>
    row
      .slice(row.indexOf(',') + 1)
      .replaceAll('"', '')
      .split('|')
      .map((item) => {
        const known = numbers.get(item) ?? numbers.size;
        numbers.set(item, known);
        return known;
      }),
  );
}

/** An order of a basket: one unit of each item, to a random zone. */
export function basketOrder(random: Random, basket: readonly number[], i: number): SourcingOrder {
  const order = generateOrder(world.document, random, 1, AT + Math.floor(i / 10));
  const lines = basket.map((sku, at) => ({
    line_no: at + 1,
    sku_id: world.document.skus[sku]!.id,
    quantity: 1,
  }));
  return { ...order, lines };
}
