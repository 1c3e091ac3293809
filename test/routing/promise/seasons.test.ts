/** What a learner promises through a strike, through seasons, and where lanes of one table differ. */
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import { type PlannedShipment, TransitLearner } from '../../../routing/promise/transit-learner.ts';
import { DAY_SECONDS, type NetworkInput } from '../../../routing/types.ts';
import { aNetwork } from '../../builders/network.ts';
import { SEED, seeded } from './chance.ts';

const AT = Date.UTC(2026, 2, 1) / 1000;
const STATED = 0.95;
const PER_DAY = 12;
const network: NetworkInput = aNetwork({
  transit_times: [
    {
      id: 'days_3',
      quantiles: [
        [0.5, 3 * DAY_SECONDS],
        [0.9, 5 * DAY_SECONDS],
        [0.99, 8 * DAY_SECONDS],
      ],
    },
  ],
  services: [
    {
      id: 'post',
      carrier_id: 'swift',
      rate_card_id: 'standard',
      pickups: {},
      lanes: [{ zones: ['nl', 'pl'], rate_area: 'all', transit_time_id: 'days_3' }],
    },
  ],
});

const OPTIONS = { journeys_max: 6000, least_events: 20, lanes_max: 50 };

const planned = (name: string, zone: string, pickup_seconds: number): PlannedShipment => ({
  shipment_id: `shipment-${name}`,
  carrier_id: 'swift',
  service_id: 'post',
  warehouse_id: 'rotterdam',
  zone_ids: [zone],
  region: 'EU',
  time_zone: 'UTC',
  transit_time_id: 'days_3',
  published: network.transit_times[0]!.quantiles,
  pickup_seconds,
});

interface Season {
  readonly days: number;
  /** Days at the median of who leaves on a day. */
  readonly took: (day: number, zone: string) => number;
  /** Moves the day of a delivery. */
  readonly moved?: (day: number) => number;
}

/** Days promised and kept of each day of the season, learned from every second day. */
function live({ days, took, moved = (day) => day }: Season) {
  const learner = new TransitLearner(OPTIONS);
  const chance = seeded(SEED);
  const ends: { at: number; tell: () => void }[] = [];
  let rows = learner.learned(network, AT);
  const seen: { promised: Record<string, number>; kept: number[]; median: number }[] = [];
  for (let day = 0; day < days; day++) {
    const now = AT + day * DAY_SECONDS;
    ends.sort((a, b) => a.at - b.at);
    while (ends[0] !== undefined && ends[0].at <= now) ends.shift()!.tell();
    if (day % 2 === 0) rows = learner.learned(network, now);
    const of = (zone: string, level: number): number => {
      const row = rows.find((one) => 'lane' in one && one.lane?.zone_id === zone);
      if (row === undefined || !('quantiles' in row)) return Number.NaN;
      return row.quantiles[LEVELS.indexOf(level)]![1] / DAY_SECONDS;
    };
    const promised = { nl: of('nl', STATED), pl: of('pl', STATED) };
    const kept: number[] = [];
    for (let i = 0; i < PER_DAY; i++) {
      const zone = i % 2 === 0 ? 'nl' : 'pl';
      const end = moved(day + took(day, zone) * Math.exp(0.4 * chance.normal()));
      kept.push(+(end - day <= promised[zone]));
      const shipment = planned(`${day}-${i}`, zone, now);
      learner.plan(shipment, now);
      const delivered = AT + end * DAY_SECONDS;
      const times = { handed_over: now, delivered };
      ends.push({ at: delivered, tell: () => learner.deliver(shipment, times, delivered) });
    }
    seen.push({ promised, kept, median: of('nl', 0.5) });
  }
  return seen;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;
const usual = (_: number, zone: string): number => (zone === 'nl' ? 3 : 6);

describe(`promises through the seasons (seed ${SEED})`, { timeout: 60_000 }, () => {
  it('rise in a strike of two weeks, and are back four weeks after it', () => {
    const [from, to] = [240, 254];
    const chance = seeded(SEED + 1);
    const moved = (day: number) => (day < from || day > to ? day : to + 4 * chance.next());
    const seen = live({ days: 300, took: usual, moved });

    const before = mean(seen.slice(from - 20, from).map(({ promised }) => promised.nl!));
    const on = (day: number): number => seen[day]!.promised.nl! / before;
    expect(on(to)).toBeGreaterThan(1.5);
    expect(on(to + 14)).toBeLessThan(1.2);
    const back = mean(Array.from({ length: 15 }, (_, i) => on(to + 28 + i)));
    expect(Math.abs(Math.log(back))).toBeLessThan(0.15);
    const after = seen.slice(to + 14, to + 42).flatMap(({ kept }) => kept);
    expect(mean(after)).toBeGreaterThan(0.88);
  });

  it('are kept as stated while times rise by a half and fall again', () => {
    const wave = (day: number, zone: string): number =>
      usual(day, zone) * Math.exp(0.2 * (1 - Math.cos((2 * Math.PI * day) / 120)));
    const seen = live({ days: 360, took: wave });

    const kept = seen.slice(120).flatMap((one) => one.kept);
    expect(Math.abs(mean(kept) - STATED)).toBeLessThan(0.025);
    for (let third = 0; third < 6; third++) {
      const part = seen.slice(120 + 40 * third, 160 + 40 * third).flatMap((one) => one.kept);
      expect(mean(part)).toBeGreaterThan(0.88);
    }
  });

  it('stay where they are while nothing changes, whatever the lanes of a table have in common', () => {
    const seen = live({ days: 300, took: usual });

    for (const day of [150, 200, 250, 299]) {
      expect(Math.abs(Math.log(seen[day]!.median / 3))).toBeLessThan(0.25);
    }
    const kept = seen.slice(100).flatMap((one) => one.kept);
    expect(Math.abs(mean(kept) - STATED)).toBeLessThan(0.03);
  });

  it('take nobody for stuck whose delivery is still to be told', () => {
    const learner = new TransitLearner(OPTIONS);
    const now = AT + 90 * DAY_SECONDS;
    const left = Array.from({ length: 900 }, (_, i) =>
      planned(`${i}`, 'nl', AT + (i / 10) * DAY_SECONDS),
    );
    // The journal is learned anew in two looks: first who left, then who arrived.
    for (const shipment of left) learner.plan(shipment, now);
    learner.learned(network, now, { isBehind: true });
    expect(learner.store().levels).toEqual([]);
    for (const shipment of left) {
      const delivered = shipment.pickup_seconds + 3 * DAY_SECONDS;
      const times = { handed_over: shipment.pickup_seconds, delivered };
      if (delivered <= now) learner.deliver(shipment, times, now);
    }
    learner.learned(network, now);
    for (const [, level] of learner.store().levels) expect(Math.abs(level)).toBeLessThan(0.1);
  });
});
