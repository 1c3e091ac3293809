/** The first parcels of a service: a stated 95 % is near 95 % long before the tail has been seen. */
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import type { LearnedTransit } from '../../../routing/promise/learned-transit.ts';
import { type PlannedShipment, TransitLearner } from '../../../routing/promise/transit-learner.ts';
import { youngOffsets } from '../../../routing/promise/young-forecasts.ts';
import { DAY_SECONDS } from '../../../routing/types.ts';
import { aNetwork } from '../../builders/network.ts';
import { SEED, seeded } from './chance.ts';

const AT = Date.UTC(2026, 2, 1) / 1000;
const SCATTER = 0.5;
const NORMAL = [
  -2.3263, -1.6449, -1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.0364, 1.2816,
  1.6449, 1.96, 2.3263,
];
const MIDDLE = Math.log(5 * DAY_SECONDS);
const LOGS = NORMAL.map((z) => MIDDLE + SCATTER * z);
const NONE = LEVELS.map(() => 0);

/** Journeys begun evenly over 20 days, longer than forecast by a logarithm, as they stand on the last day. */
function journeys(count: number, longer: number, seed: number) {
  const chance = seeded(seed);
  return Array.from({ length: count }, (_, i) => {
    const age = Math.log((20 * DAY_SECONDS * (i + 1)) / count);
    const took = MIDDLE + longer + SCATTER * chance.normal();
    const forecast = { log_seconds: LOGS };
    return { log: Math.min(age, took), forecast, reached: took <= age, weight: 1, isEarly: true };
  });
}

describe(`what young forecasts are wrong by (seed ${SEED})`, () => {
  it('is told by who has ended and who should have', () => {
    for (const longer of [-0.7, 0, 0.7]) {
      const told = Array.from({ length: 40 }, (_, i) => {
        return youngOffsets(journeys(60, longer, SEED + i), NONE)[0]!;
      });
      const mean = told.reduce((sum, one) => sum + one, 0) / told.length;
      // Some 50 ends or more, and five that say nothing.
      expect(mean / longer || 1).toBeGreaterThan(0.85);
      expect(Math.abs(mean - longer)).toBeLessThan(0.1);
    }
  });

  it('rises while nothing ends', () => {
    const stuck = journeys(30, 9, SEED);

    expect(stuck.every(({ reached }) => !reached)).toBe(true);
    for (const offset of youngOffsets(stuck, NONE)) expect(offset).toBeGreaterThan(1);
  });

  it('is what the group around says, as far as little is known or forecasts are old', () => {
    const parent = LEVELS.map((_, i) => i / 100);
    const young = journeys(200, 0.7, SEED);
    const old = young.map((one) => ({ ...one, isEarly: false }));

    expect(youngOffsets([], parent)).toEqual(parent);
    expect(youngOffsets(old, parent)).toEqual(parent);
    const few = youngOffsets(young.slice(0, 8), parent);
    expect(few).toEqual(parent.map((offset) => expect.closeTo(offset, 1)));
    const half = youngOffsets([...young, ...old], NONE)[0]!;
    expect(half / youngOffsets(young, NONE)[0]!).toBeCloseTo(0.5, 1);
  });

  it('counts a weighted journey as that many of its weight', () => {
    const some = journeys(40, 0.7, SEED);
    const heavy = some.map((one) => ({ ...one, weight: 20 }));

    expect(youngOffsets(heavy, NONE)[3]).toBeCloseTo(youngOffsets(some, NONE)[3]!, 10);
  });
});

const zOf = (p: number): number => NORMAL[LEVELS.indexOf(p)]!;
const published = [0.1, 0.5, 0.9, 0.99].map((p): [number, number] => [
  p,
  Math.exp(MIDDLE + SCATTER * zOf(p)),
]);
const lane = { rate_area: 'all', transit_time_id: 'days' };
const service = { carrier_id: 'swift', rate_card_id: 'standard', pickups: {}, lanes: [lane] };
const network = aNetwork({
  transit_times: [{ id: 'days', quantiles: published }],
  services: ['known', 'new'].map((id) => ({ ...service, id })),
});

/** Parcels that are sent, and told of when they arrive. */
class Life {
  readonly learner = new TransitLearner({
    journeys_max: 5000,
    least_events: 20,
    lanes_max: 50,
  });
  readonly #chance: ReturnType<typeof seeded>;
  #due: { at: number; tell: () => void }[] = [];

  constructor(seed: number) {
    this.#chance = seeded(seed);
  }

  /** Sends a parcel that takes some days at the median; the seconds that it takes. */
  send(service_id: string, id: string, now: number, days: number): number {
    for (const { tell } of this.#due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at))
      tell();
    this.#due = this.#due.filter(({ at }) => at > now);
    const shipment: PlannedShipment = {
      shipment_id: id,
      carrier_id: 'swift',
      service_id,
      warehouse_id: 'rotterdam',
      zone_ids: ['nl'],
      region: 'NL',
      time_zone: 'UTC',
      transit_time_id: 'days',
      published,
      pickup_seconds: now,
    };
    this.learner.plan(shipment, now);
    const took = days * DAY_SECONDS * Math.exp(SCATTER * this.#chance.normal());
    const delivered = now + took;
    const tell = () => this.learner.deliver(shipment, { handed_over: now, delivered }, delivered);
    this.#due.push({ at: delivered, tell });
    return took;
  }

  /** What is stated of the new service at 95 %, seconds, once it has a row. */
  stated(now: number): number | undefined {
    const row = this.learner
      .learned(network, now)
      .find((one): one is LearnedTransit => 'lane' in one && one.service_id === 'new');
    return row?.quantiles.find(([probability]) => probability === 0.95)?.[1];
  }
}

/** Share of a service's first 200 parcels, ten a day, that keep what was learned of it by then at 95 %. */
function keptOfFirst(days: number, besides: number, seed: number): number {
  const life = new Life(seed);
  for (let i = 0; i < besides; i++) {
    life.send('known', `known-${i}`, AT + Math.floor((i / besides - 1) * 60 * DAY_SECONDS), 5);
  }
  const kept: boolean[] = [];
  let stated: number | undefined;
  for (let i = 0; i < 200; i++) {
    const now = AT + Math.floor((i / 10) * DAY_SECONDS);
    if (i % 10 === 0) stated = life.stated(now);
    const took = life.send('new', `new-${i}`, now, days);
    if (stated !== undefined) kept.push(took <= stated);
  }
  return kept.filter(Boolean).length / kept.length;
}

describe(`the first 200 parcels of a service (seed ${SEED})`, { timeout: 30_000 }, () => {
  it.each([
    ['as published', 5, 0, 0.87],
    ['as published, beside one that is well known', 5, 200, 0.9],
    ['twice as long as published', 10, 0, 0.75],
    ['twice as long as published, beside one that is well known', 10, 200, 0.855],
    ['half as long as published', 2.5, 0, 0.9],
  ])('that take times %s keep about what is stated', (_, days, besides, least) => {
    const shares = Array.from({ length: 8 }, (_, i) => keptOfFirst(days, besides, SEED + i));
    const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;

    expect(mean).toBeGreaterThan(least);
    expect(mean).toBeLessThan(0.98);
  });
});
