/**
 * One line over hubs, each of its times fixed, and a plan by it: what the checker says of it is known to
 * the second.
 */
import {
  type CompiledNetwork,
  checkPlan,
  compileNetwork,
  type DisruptionInput,
  type LegInput,
  type NetworkInput,
  openBoard,
  type SourcedPlan,
  type SourcingOrder,
  source,
  type ViaInput,
} from '../../routing/index.ts';
import { MONDAY } from './small-world.ts';

export const HOUR = 3600;
export const DAY = 24 * HOUR;
/** Of the day of the order. */
export const MIDNIGHT = MONDAY - (MONDAY % DAY);
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A timetable of the same times every day. */
export const week = (times: readonly string[]) =>
  Object.fromEntries(DAYS.map((day) => [day, times]));
/** Times that are always the same. */
export const fixed = (id: string, hours: number) => ({
  id,
  quantiles: [[1, hours * HOUR] as const],
});
/** What the lane allows: one way alone. */
export const via: ViaInput = {
  first_mile: [{ hub_id: 'A', transit_time_id: 'FIRST' }],
  last_mile: [{ hub_id: 'C', transit_time_id: 'LAST', carrier_id: 'POST' }],
  carriers: ['LORRY', 'CUSTOMS'],
};
/** Twice a day. */
export const lorry: LegInput = {
  ...{ id: 'AB', carrier_id: 'LORRY', from_hub_id: 'A', to_hub_id: 'B', cost: 100 },
  ...{ departures: week(['06:00', '18:00']), duration_seconds: 4 * HOUR, carbon_grams: 500 },
};
/** At any time. */
export const customs: LegInput = {
  ...{ id: 'BC', carrier_id: 'CUSTOMS', from_hub_id: 'B', to_hub_id: 'C' },
  ...{ duration_seconds: HOUR, cost: 40, carbon_grams: 20 },
};
/** Two hours to A; there from 20:10 on for the lorry of 6:00; B 10:00, C 11:20, the door at 14:20. */
export const network = {
  skus: [{ id: 'MUG', weight_grams: 100, length_mm: 10, width_mm: 10, height_mm: 10 }],
  warehouses: [
    {
      ...{ id: 'W', position: [0, 0], time_zone: 'UTC', processing_seconds: 600 },
      hours: Object.fromEntries(DAYS.map((day) => [day, [['00:00', '24:00']]])),
    },
  ],
  zones: [{ id: 'Z', country: 'DE', time_zone: 'UTC' }],
  rate_cards: [{ id: 'R', weight_breaks_grams: [9e6], rates: { all: [{ base: 500 }] } }],
  transit_times: [fixed('FIRST', 2), fixed('LAST', 3), fixed('SLOW', 8)],
  services: [
    {
      ...{ id: 'SEA', carrier_id: 'SHIPPER', rate_card_id: 'R', pickups: week(['18:00']) },
      lanes: [{ rate_area: 'all', via }],
    },
  ],
  hubs: [
    { id: 'A', time_zone: 'UTC', transfer_seconds: 600 },
    { id: 'B', time_zone: 'UTC', transfer_seconds: 1200 },
    { id: 'C', time_zone: 'UTC' },
    { id: 'D', time_zone: 'UTC' },
  ],
  legs: [lorry, customs],
  policy: {
    ...{ confidence: 0.9, split_limit: 1, split_penalty: 0 },
    ...{ lateness_per_day: 0, time_per_day: 0 },
  },
} as unknown as NetworkInput;
const order: SourcingOrder = {
  at_seconds: MONDAY,
  destination: { country: 'DE', postal_code: '1' },
  lines: [{ line_no: 1, sku_id: 'MUG', quantity: 1 }],
};
const stock = [{ stock_id: 1, sku_id: 'MUG', warehouse_id: 'W', available: 9 }];

export const compile = (document: NetworkInput) =>
  compileNetwork(document, { from_seconds: MIDNIGHT });
/** The plan on a network as it runs. */
export const decideOn = (compiled: CompiledNetwork) =>
  source(compiled, openBoard(compiled, stock, []), order, { work: 1e6 });
/** The plan on a document. */
export const decide = (document: NetworkInput) => decideOn(compile(document));

/** The plan that nothing disrupts. */
export const plan = decide(network) as SourcedPlan;
/** What the checker finds wrong with a plan, by rule and detail. */
export const found = (document: NetworkInput, changed: SourcedPlan = plan): string[] =>
  checkPlan({ network: document, stock, capacity: [], order, plan: changed }).map(
    ({ rule, detail }) => `${rule}: ${detail}`,
  );
/** The document with other miles or carriers. */
export const withVia = (change: Partial<ViaInput>): NetworkInput => ({
  ...network,
  services: network.services.map((service) => ({
    ...service,
    lanes: service.lanes.map((lane) => ({ ...lane, via: { ...via, ...change } })),
  })),
});
/** The document with other legs. */
export const withLegs = (...legs: readonly LegInput[]): NetworkInput => ({ ...network, legs });
/** The document with disruptions. */
export const disrupted = (...disruptions: readonly DisruptionInput[]): NetworkInput => ({
  ...network,
  disruptions,
});
