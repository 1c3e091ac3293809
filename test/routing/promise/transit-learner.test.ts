import { describe, expect, it } from 'vitest';
import { lawOf, placeIn } from '../../../routing/arrivals.ts';
import { compileNetwork } from '../../../routing/network.ts';
import { containingZones } from '../../../routing/promise/containing-zones.ts';
import { LEVELS } from '../../../routing/promise/duration-sketch.ts';
import {
  type LearnedTransit,
  withLearnedTransit,
} from '../../../routing/promise/learned-transit.ts';
import { type PlannedShipment, TransitLearner } from '../../../routing/promise/transit-learner.ts';
import {
  DAY_SECONDS,
  HOUR_SECONDS,
  type NetworkInput,
  WAIT_SHARES,
  type WaitInput,
} from '../../../routing/types.ts';
import { lawIndex } from '../../../routing/waits.ts';
import { aNetwork } from '../../builders/network.ts';
import { SEED, seeded } from './chance.ts';

const OPTIONS = { journeys_max: 400, least_events: 20, lanes_max: 50 };
const AT = Date.UTC(2026, 2, 1) / 1000;
const network: NetworkInput = aNetwork({
  transit_times: [
    {
      id: 'days_2',
      quantiles: [
        [0.5, 2 * DAY_SECONDS],
        [0.9, 3 * DAY_SECONDS],
        [0.99, 4 * DAY_SECONDS],
      ],
    },
  ],
  services: [
    {
      id: 'post',
      carrier_id: 'swift',
      rate_card_id: 'standard',
      pickups: {},
      lanes: [
        { zones: ['nl', 'pl'], rate_area: 'all', transit_time_id: 'days_2' },
        { rate_area: 'all', transit_time_id: 'days_2' },
      ],
    },
  ],
});

function planned(i: number, zone_id: string, pickup_seconds: number): PlannedShipment {
  return {
    shipment_id: `shipment-${i}`,
    carrier_id: 'swift',
    service_id: 'post',
    warehouse_id: 'rotterdam',
    zone_ids: [zone_id],
    region: zone_id.toUpperCase(),
    time_zone: 'UTC',
    transit_time_id: 'days_2',
    published: network.transit_times[0]!.quantiles,
    pickup_seconds,
  };
}

/** Ten shipments a day to each zone: days to the door are log-normal around `days`, or for ever. */
function life(learner: TransitLearner, days: Record<string, number>, count: number, seed = SEED) {
  const chance = seeded(seed);
  const ends: { at: number; tell: () => void }[] = [];
  const zones = Object.keys(days);
  for (let i = 0; i < count; i++) {
    const now = AT + Math.floor((i / (10 * zones.length)) * DAY_SECONDS);
    ends.sort((a, b) => a.at - b.at);
    while (ends[0] !== undefined && ends[0].at <= now) ends.shift()!.tell();
    const zone = zones[i % zones.length]!;
    const shipment = planned(i, zone, now);
    learner.plan(shipment, now);
    const took = days[zone]! * DAY_SECONDS * Math.exp(0.3 * chance.normal());
    const delivered = now + took;
    const tell = () => learner.deliver(shipment, { handed_over: now, delivered }, delivered);
    ends.push({ at: delivered, tell });
  }
  return AT + Math.floor((count / (10 * zones.length)) * DAY_SECONDS);
}

/** The rows of times in transit. */
const timesOf = (learner: TransitLearner, now: number): LearnedTransit[] =>
  learner.learned(network, now).filter((row): row is LearnedTransit => 'quantiles' in row);

const STATED = LEVELS.indexOf(0.95);
const at = (row: LearnedTransit | undefined, level: number): number =>
  row!.quantiles[LEVELS.indexOf(level)]![1] / DAY_SECONDS;

describe(`a transit learner (seed ${SEED})`, { timeout: 30_000 }, () => {
  it('learns each lane and says nothing of what it has not seen', () => {
    const learner = new TransitLearner({ ...OPTIONS, journeys_max: 5000 });
    expect(learner.learned(network, AT)).toEqual([]);
    const now = life(learner, { nl: 1, pl: 6 }, 1000);

    const rows = timesOf(learner, now);

    const of = (zone: string) => rows.find(({ lane }) => lane?.zone_id === zone);
    expect(rows.map(({ lane }) => lane)).toEqual([
      null,
      { warehouse_id: 'rotterdam', zone_id: 'nl' },
      { warehouse_id: 'rotterdam', zone_id: 'pl' },
      // What any other warehouse can expect on the way there.
      { warehouse_id: null, zone_id: 'nl' },
      { warehouse_id: null, zone_id: 'pl' },
    ]);
    expect(Math.abs(Math.log(at(of('nl'), 0.5) / 1))).toBeLessThan(0.2);
    expect(Math.abs(Math.log(at(of('pl'), 0.5) / 6))).toBeLessThan(0.2);
    // Of a log-normal, 95 % lie below exp(1.645 × 0.3) medians.
    expect(Math.abs(Math.log(at(of('nl'), 0.95) / 1.64))).toBeLessThan(0.3);
    expect(Math.abs(Math.log(at(of('pl'), 0.95) / 9.83))).toBeLessThan(0.3);
    for (const { quantiles } of rows) {
      const seconds = quantiles.map(([, one]) => one);
      expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
      expect(seconds.every(Number.isInteger)).toBe(true);
    }
  });

  it('keeps what it states from its first weeks on, where what was published is far off', () => {
    const learner = new TransitLearner({ ...OPTIONS, journeys_max: 5000 });
    const chance = seeded(SEED + 3);
    const ends: { at: number; tell: () => void }[] = [];
    const counts = { kept: 0, all: 0 };
    let promised: number | undefined;
    for (let i = 0; i < 900; i++) {
      const now = AT + Math.floor((i / 15) * DAY_SECONDS);
      ends.sort((a, b) => a.at - b.at);
      while (ends[0] !== undefined && ends[0].at <= now) ends.shift()!.tell();
      if (i % 75 === 0) {
        promised = timesOf(learner, now).at(-1)?.quantiles[STATED]?.[1];
      }
      const shipment = planned(i, 'nl', now);
      learner.plan(shipment, now);
      // A day at the median, where two are published.
      const took = DAY_SECONDS * Math.exp(0.4 * chance.normal());
      const times = { handed_over: now, delivered: now + took };
      ends.push({ at: now + took, tell: () => learner.deliver(shipment, times, now + took) });
      if (i < 150) continue;
      counts.all += 1;
      counts.kept += +(took <= promised!);
    }

    expect(counts.kept / counts.all).toBeGreaterThan(0.92);
    expect(counts.kept / counts.all).toBeLessThan(0.985);
    // The 95 % of a log-normal of one day and 0.4; three and a half days were published.
    expect(promised! / DAY_SECONDS).toBeLessThan(2.6);
  });

  it('stays within its bounds, and comes back from storage as it was', () => {
    const learner = new TransitLearner({ ...OPTIONS, lanes_max: 1 });
    const now = life(learner, { nl: 1, pl: 6 }, 1000);
    const stored = learner.store();
    const text = JSON.stringify(stored);

    expect(stored.calibration.journeys.length).toBeLessThanOrEqual(OPTIONS.journeys_max);
    expect(stored.thinning).toBeGreaterThan(0);
    expect(learner.learned(network, now)).toHaveLength(2);
    const again = TransitLearner.restore(JSON.parse(text), { ...OPTIONS, lanes_max: 1 });
    expect(again.learned(network, now)).toEqual(learner.learned(network, now));
    again.plan(planned(99_999, 'nl', now), now);
    again.withdraw('shipment-99999');
    expect(JSON.stringify(again.store())).toBe(JSON.stringify(learner.store()));
  });
});

/** Shipments handed over after waits of some hours, by the UTC hour of their pickup, for twelve weeks. */
function waitingLife(
  waits: Record<number, () => number>,
  perDay: number,
  days: Record<number, number> = {},
): WaitInput[] {
  const learner = new TransitLearner({ ...OPTIONS, journeys_max: 5000 });
  let now = AT;
  for (let day = 0; day < 84; day++) {
    for (const [hour, wait] of Object.entries(waits)) {
      if (day >= (days[Number(hour)] ?? 84)) continue;
      for (let i = 0; i < perDay; i++) {
        const pickup = AT + day * DAY_SECONDS + Number(hour) * HOUR_SECONDS;
        const shipment = planned(day * 100 + i, 'nl', pickup);
        now = pickup + wait() * HOUR_SECONDS;
        learner.handOver(shipment, now, now);
      }
    }
  }
  return learner.learned(network, now).filter((row): row is WaitInput => 'wait_seconds' in row);
}

const waitAt = (rows: readonly WaitInput[], hour: number | null) =>
  rows.find(({ warehouse_id, hours }) => {
    return warehouse_id === 'rotterdam' && (hour === null ? hours === null : hours?.includes(hour));
  })?.wait_seconds;

describe(`waits that are learned (seed ${SEED})`, () => {
  it('are those of the hour of the week, and of the warehouse where an hour was never seen', () => {
    const rows = waitingLife({ 10: () => 0, 16: () => 24 }, 3);

    const monday = 24 * 0;
    // Ten o'clock leaves at once; four o'clock in the afternoon with the van of the next day.
    const [morning, evening] = [waitAt(rows, monday + 10)!, waitAt(rows, monday + 16)!];
    expect(morning[7]! / HOUR_SECONDS).toBeLessThan(4);
    expect(evening[7]! / HOUR_SECONDS).toBeGreaterThan(20);
    expect(waitAt(rows, monday + 3)).toBeUndefined();
    const usual = waitAt(rows, null)!;
    expect(usual[7]).toBeGreaterThan(morning[7]!);
    expect(usual[7]).toBeLessThan(evening[7]!);
    for (const { wait_seconds } of rows) {
      expect(wait_seconds).toHaveLength(WAIT_SHARES.length);
      expect(wait_seconds).toEqual([...wait_seconds].sort((a, b) => a - b));
    }
  });

  it('are shrunk to the warehouse while an hour has few events', () => {
    const chance = seeded(SEED);
    const usual = () => 6 * Math.exp(0.3 * chance.normal());
    const waits = { 10: usual, 11: usual, 16: () => 24 };
    // The first of March 2026 is a Sunday: its hours are the last ones of the week.
    const sunday = 6 * 24 + 16;
    const few = waitingLife(waits, 2, { 16: 1 });
    const many = waitingLife(waits, 2);

    expect(waitAt(few, sunday)![7]! / HOUR_SECONDS).toBeGreaterThan(6);
    expect(waitAt(few, sunday)![7]! / HOUR_SECONDS).toBeLessThan(12);
    expect(waitAt(many, sunday)![7]! / HOUR_SECONDS).toBeGreaterThan(20);
  });

  it('go into the document, and a promise from that hour is later', () => {
    const rows = waitingLife({ 10: () => 0, 16: () => 24 }, 3);
    const document = withLearnedTransit(network, rows);
    expect(document.waits).toEqual(rows);
    const compiled = compileNetwork(document, { from_seconds: AT });
    const { transit, warehouses } = compiled;
    const t = transit.indexOf.get('days_2')!;
    const w = warehouses.indexOf.get('rotterdam')!;
    const promiseAt = (hour: number) => {
      const pickup = AT + hour * HOUR_SECONDS;
      const law = lawIndex(transit, t, w, pickup);
      return lawOf(compiled, law, pickup)!.promised[placeIn(compiled, law)]!;
    };
    expect((promiseAt(16) - promiseAt(10)) / HOUR_SECONDS).toBeGreaterThan(12);
  });
});

describe('zones around zones', () => {
  const zone = (id: string, country: string, postal_prefixes?: string[]) => {
    return { id, country, time_zone: 'UTC', ...(postal_prefixes ? { postal_prefixes } : {}) };
  };

  it('are those whose prefixes begin all of theirs, narrow ones first, and their country', () => {
    const around = containingZones([
      zone('de', 'DE'),
      zone('berlin', 'DE', ['10', '12', '13']),
      zone('mitte', 'DE', ['101', '10 2']),
      zone('north', 'DE', ['101', '131']),
      zone('far', 'DE', ['101', '80']),
      zone('at', 'AT', ['1']),
    ]);

    expect(around.get('mitte')).toEqual(['mitte', 'berlin', 'de']);
    expect(around.get('north')).toEqual(['north', 'berlin', 'de']);
    expect(around.get('far')).toEqual(['far', 'de']);
    expect(around.get('de')).toEqual(['de']);
    expect(around.get('at')).toEqual(['at']);
  });
});

describe('learned times in a network', () => {
  const row = (lane: LearnedTransit['lane'], days: number): LearnedTransit => ({
    service_id: 'post',
    transit_time_id: 'days_2',
    lane,
    quantiles: [[0.5, days * DAY_SECONDS]],
  });

  it('go before the lane they were learned of, and nowhere else', () => {
    const lane = { warehouse_id: 'rotterdam', zone_id: 'pl' };
    const learned = withLearnedTransit(network, [row(null, 5), row(lane, 7)]);

    expect(learned.services[0]!.lanes).toEqual([
      { warehouses: ['rotterdam'], zones: ['pl'], rate_area: 'all', transit_time_id: 'learned 1' },
      { zones: ['nl', 'pl'], rate_area: 'all', transit_time_id: 'learned 0' },
      { rate_area: 'all', transit_time_id: 'learned 0' },
    ]);
    expect(learned.transit_times.map(({ id }) => id)).toEqual(['days_2', 'learned 0', 'learned 1']);
  });

  it('of a zone go after those of one lane there', () => {
    const one = { warehouse_id: 'rotterdam', zone_id: 'pl' };
    const all = { warehouse_id: null, zone_id: 'pl' };
    const learned = withLearnedTransit(network, [row(one, 7), row(all, 6)]);

    expect(learned.services[0]!.lanes.slice(0, 3)).toEqual([
      { warehouses: ['rotterdam'], zones: ['pl'], rate_area: 'all', transit_time_id: 'learned 0' },
      { zones: ['pl'], rate_area: 'all', transit_time_id: 'learned 1' },
      { zones: ['nl', 'pl'], rate_area: 'all', transit_time_id: 'days_2' },
    ]);
  });

  it('pass over what the network no longer has, and change nothing without rows', () => {
    const gone = { ...row(null, 5), transit_time_id: 'days_9' };

    expect(withLearnedTransit(network, [gone]).services).toEqual(network.services);
    expect(withLearnedTransit(network, [])).toBe(network);
  });
});
