/**
 * The problem in plain arithmetic, without the engine: what an order costs from a plant, and what
 * greedy makes of it. The replay is measured against this, so it shares no code with the engine.
 */
import type { BrunelOrder, BrunelPlant, BrunelTables } from './tables.ts';

/** True when the plant stocks the product and may serve the customer. */
export function mayServe(plant: BrunelPlant, order: BrunelOrder): boolean {
  if (!plant.products.has(order.product_id)) return false;
  return plant.customers === null || plant.customers.has(order.customer);
}

/** A plant that can serve an order, by index, and what that costs in US dollars. */
export interface Choice {
  readonly plant: number;
  readonly cost: number;
}

/**
 * Choices of every order, cheapest first. Freight is the least of max(minimum, rate × kg) over the
 * plant's ports and the rows whose band holds the weight; to it come units × warehouse cost.
 */
export function choicesOf(tables: BrunelTables): Choice[][] {
  const byPort = Map.groupBy(tables.rates, (rate) => rate.port);
  const freight = (plant: BrunelPlant, kg: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (const rate of plant.ports.flatMap((port) => byPort.get(port) ?? [])) {
      if (kg < rate.minimum_kg || kg > rate.maximum_kg) continue;
      least = Math.min(least, Math.max(rate.minimum_usd, rate.usd_per_kg * kg));
    }
    return least;
  };
  return tables.orders.map((order) =>
    tables.plants
      .map((plant, index) => {
        if (!mayServe(plant, order)) return { plant: index, cost: Number.POSITIVE_INFINITY };
        const handling = order.unit_quantity * plant.usd_per_unit;
        return { plant: index, cost: freight(plant, order.weight_kg) + handling };
      })
      .filter((choice) => choice.cost < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.cost - b.cost),
  );
}

/** Orders that each plant may take at a multiple of its published daily capacity. */
export function capacitiesAt(tables: BrunelTables, multiple: number): number[] {
  return tables.plants.map((plant) => Math.floor(plant.orders_per_day * multiple));
}

export interface Served {
  readonly served: number;
  readonly unserved: number;
  readonly cost_usd: number;
}

/** Greedy: orders in file order, each to the cheapest plant that has room left. */
export function serveGreedily(tables: BrunelTables, multiple: number): Served {
  const left = capacitiesAt(tables, multiple);
  let served = 0;
  let cost_usd = 0;
  for (const choices of choicesOf(tables)) {
    const choice = choices.find(({ plant }) => left[plant]! > 0);
    if (choice === undefined) continue;
    left[choice.plant]! -= 1;
    served += 1;
    cost_usd += choice.cost;
  }
  return { served, unserved: tables.orders.length - served, cost_usd };
}
