/** The demo's network is one that the product takes, the same on every machine, and large enough. */
import { describe, expect, it } from 'vitest';
import { compileNetwork, openBoard, source } from '../../routing/index.ts';
import type { Network } from '../../src/domain/network.ts';
import { validateNetwork } from '../../src/domain/network-rules.ts';
import { demandOf, wishOf } from '../../src/simulation/demand.ts';
import { generateNetwork } from '../../src/simulation/network/generate-network.ts';
import { koreanPlaces } from '../../src/simulation/network/places.ts';
import { CARRIER_KINDS } from '../../src/simulation/network/service-kinds.ts';
import { SITE_KINDS } from '../../src/simulation/network/sites.ts';
import { openingStock } from '../../src/simulation/stocking.ts';

const seed = 20261125;
const network = generateNetwork({ seed, scale: 1 });
/** A Tuesday, 10:00 in Seoul. */
const at_seconds = Date.UTC(2026, 4, 12, 1) / 1000;

const kindOf = (id: string) => /^[a-z]+/.exec(id)![0];
const countBy = (rows: readonly { id: string }[]) =>
  new Map([...Map.groupBy(rows, ({ id }) => kindOf(id))].map(([kind, own]) => [kind, own.length]));

describe(`the demo's network (seed ${seed})`, () => {
  it('passes the validation of the product', () => {
    expect(validateNetwork(structuredClone(network))).not.toHaveProperty('faults');
  });

  it('is as large as a network worth looking at', () => {
    expect(network.warehouses.length).toBeGreaterThanOrEqual(60);
    expect(network.carriers.length).toBeGreaterThanOrEqual(300);
    expect(network.services.length).toBeGreaterThanOrEqual(1000);
    expect(network.skus).toHaveLength(5000);
    expect(network.sellers).toHaveLength(40);
    expect(network.platforms).toHaveLength(3);
    expect(network.hubs.length).toBeGreaterThanOrEqual(10);
    expect(network.legs.length).toBeGreaterThan(network.hubs.length);
  });

  it('has every kind of warehouse, carrier and goods', () => {
    const sites = countBy(network.warehouses);
    const carriers = countBy(network.carriers);
    const goods = countBy(network.skus);

    expect([...sites.keys()].sort()).toEqual([...SITE_KINDS].sort());
    expect([...carriers.keys()].sort()).toEqual([...CARRIER_KINDS].sort());
    expect([...goods.keys()].sort()).toEqual(
      ['ambient', 'bulky', 'chilled', 'frozen', 'hazardous'].sort(),
    );
    expect(Math.min(...sites.values(), ...carriers.values())).toBeGreaterThanOrEqual(4);
  });

  it('has services that differ: no two of a carrier are alike', () => {
    for (const [, own] of Map.groupBy(network.services, (service) => service.carrier_id)) {
      const said = own.map(({ id: _id, name: _name, ...rest }) => JSON.stringify(rest));
      expect(new Set(said).size).toBe(own.length);
    }
    const words = network.services.map(({ rate_card_id, lanes, pickups }) =>
      JSON.stringify([rate_card_id, lanes[0]?.transit_time_id, Object.keys(pickups)]),
    );
    expect(new Set(words).size).toBeGreaterThan(250);
  });

  it('is the same for the same seed, and another for another', () => {
    const text = JSON.stringify(network);

    expect(JSON.stringify(generateNetwork({ seed, scale: 1 }))).toBe(text);
    expect(JSON.stringify(generateNetwork({ seed: seed + 1, scale: 1 }))).not.toBe(text);
  });

  it('grows with its scale, and takes the budget of a decision from outside', () => {
    const larger = generateNetwork({ seed, scale: 2, decision_seconds: 21_600 });

    expect(validateNetwork(larger)).not.toHaveProperty('faults');
    expect(larger.warehouses).toHaveLength(2 * network.warehouses.length);
    expect(larger.carriers).toHaveLength(2 * network.carriers.length);
    expect(larger.skus).toHaveLength(2 * network.skus.length);
    expect(larger.policy.decision_seconds).toBe(21_600);
  });
});

describe('the places of Korea', () => {
  const places = koreanPlaces();

  it('are real: within the country, with the postal codes of their provinces', () => {
    const byName = new Map(places.map((place) => [place.name, place]));

    for (const {
      position: [lon, lat],
    } of places) {
      expect(lon).toBeGreaterThan(124.5);
      expect(lon).toBeLessThan(132);
      expect(lat).toBeGreaterThan(33);
      expect(lat).toBeLessThan(38.7);
    }
    expect(byName.get('Seoul 1')?.postal_prefixes[0]).toMatch(/^0[1-9]/);
    expect(byName.get('Busan 1')?.postal_prefixes[0]).toMatch(/^4[6-9]/);
    expect(byName.get('Jeju')).toMatchObject({ remote: true, region: 'jeju' });
  });

  it('have every postal code of the country between them, each once', () => {
    const prefixes = places.flatMap((place) => place.postal_prefixes);

    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes).toContain('045');
    expect(prefixes).toHaveLength((63 - 1 + 1) * 10);
  });

  it('have a code of their own, and hold about as many people as the country', () => {
    const people = places.reduce((sum, place) => sum + place.population, 0);

    expect(new Set(places.map((place) => place.id)).size).toBe(places.length);
    expect(people).toBeGreaterThan(38e6);
    expect(people).toBeLessThan(52e6);
  });
});

describe(`the stock placed by demand (seed ${seed})`, () => {
  const demand = demandOf(network, seed);
  const about = { units_per_day: 2000, today: '2026-05-12' };
  const shelves = openingStock(network, demand, about);

  it('lies only where it may lie', () => {
    const skus = new Map(network.skus.map((sku) => [sku.id, sku]));
    const wrong = network.warehouses.flatMap((warehouse) =>
      shelves.get(warehouse.id)!.filter(({ sku_id, quantity }) => {
        const { temperature = 'ambient', hazardous = false } = skus.get(sku_id)!;
        const isCold = (warehouse.temperatures ?? ['ambient']).includes(temperature);
        return !isCold || (hazardous && warehouse.hazardous !== true) || quantity <= 0;
      }),
    );

    expect(wrong).toEqual([]);
  });

  it('covers the demand, but for the few that are sold out', () => {
    const held = new Set([...shelves.values()].flat().map((line) => line.sku_id));
    const share = held.size / network.skus.length;

    expect(share).toBeGreaterThan(0.95);
    expect(share).toBeLessThan(1);
  });

  it('is more of what is asked for more', () => {
    const units = new Map<string, number>();
    for (const line of [...shelves.values()].flat()) {
      units.set(line.sku_id, (units.get(line.sku_id) ?? 0) + line.quantity);
    }
    const ranked = [...units].sort(
      ([a], [b]) => demand.popularity.get(b)! - demand.popularity.get(a)!,
    );
    const sum = (rows: typeof ranked) => rows.reduce((all, [, quantity]) => all + quantity, 0);

    expect(sum(ranked.slice(0, 500))).toBeGreaterThan(3 * sum(ranked.slice(-500)));
  });

  it('grows with the goods of a larger network, not with goods times warehouses', () => {
    const large = generateNetwork({ seed, scale: 4 });
    const lines = [...openingStock(large, demandOf(large, seed), about).values()].flat();
    const held = new Set(lines.map((line) => line.sku_id));

    expect(held.size / large.skus.length).toBeGreaterThan(0.95);
    expect(lines.length).toBeLessThan(4 * [...shelves.values()].flat().length);
  });

  it('serves nearly every wish by the solver of the product', () => {
    const compiled = compileNetwork(network as Network, { from_seconds: at_seconds });
    let stock_id = 0;
    const positions = [...shelves].flatMap(([warehouse_id, lines]) =>
      lines.map(({ sku_id, quantity }) => ({
        ...{ stock_id: ++stock_id, warehouse_id, sku_id, available: quantity },
      })),
    );
    const bySku = Map.groupBy(positions, (position) => position.sku_id);
    const outcomes = Array.from({ length: 300 }, (_, number) => {
      const { destination, lines } = wishOf(demand, number);
      const wanted = lines.flatMap((line) => bySku.get(line.sku_id) ?? []);
      const board = openBoard(compiled, wanted, []);
      const result = source(compiled, board, { at_seconds, destination, lines }, { work: 100_000 });
      return result.outcome === 'sourced' ? result.outcome : result.reason;
    });
    const counts = Map.groupBy(outcomes, (outcome) => outcome);

    expect(counts.get('sourced')!.length).toBeGreaterThan(275);
    expect([...counts.keys()].filter((word) => !['sourced', 'no_stock'].includes(word))).toEqual(
      [],
    );
  });
});
