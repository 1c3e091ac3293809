/** Hours at which nobody delivers: found where the evidence is, never from few events. */
import { describe, expect, it } from 'vitest';
import { DoorHours, localHourOfWeek, quietRuns } from '../../../routing/promise/door-hours.ts';
import { withLearnedTransit } from '../../../routing/promise/learned-transit.ts';
import { quietCells } from '../../../routing/promise/transit-cells.ts';
import { type PlannedShipment, TransitLearner } from '../../../routing/promise/transit-learner.ts';
import { DAY_SECONDS, HOUR_SECONDS, type NetworkInput } from '../../../routing/types.ts';
import { aNetwork } from '../../builders/network.ts';
import { runs } from '../runs.ts';
import { SEED, seeded } from './chance.ts';

const NOW = Date.UTC(2026, 2, 2) / 1000;
/** Four weeks have been seen then. */
const THEN = NOW + 28 * DAY_SECONDS;
const [HERE, ALL] = quietCells('post', 'NL');

/** Shares by hour of the week: days from 8 to 21, all week but Sunday, and a few at any time. */
const USUAL = Array.from({ length: 168 }, (_, hour) => {
  const isOpen = hour < 144 && hour % 24 >= 8 && hour % 24 < 21;
  return isOpen ? 1 : 0.02;
});

/** Counts of a number of deliveries that fall into hours by their shares. */
function counted(shares: readonly number[], events: number, seed: number) {
  const chance = seeded(seed);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const hours = new DoorHours();
  const counts = new Array<number>(168).fill(0);
  for (let i = 0; i < events; i++) {
    let [left, hour] = [chance.next() * total, 0];
    while (left >= shares[hour]! && hour < 167) left -= shares[hour++]!;
    hours.add([HERE, ALL], hour, NOW);
    counts[hour]! += 1;
  }
  return { hours, counts };
}

describe(`hours at which nobody delivers (seed ${SEED})`, () => {
  it('are nights and Sundays, as one run from Saturday evening to Monday morning', () => {
    const { hours } = counted(USUAL, 3000, SEED);

    const found = hours.quiet(ALL, null, THEN);

    expect(found).toHaveLength(6);
    for (const [first, length] of found.slice(0, -1)) {
      expect([first % 24, (first + length) % 24]).toEqual([21, expect.any(Number)]);
      // A run goes on until as much was delivered as an even share of its time is worth.
      expect(length).toBeGreaterThanOrEqual(11);
      expect(length).toBeLessThan(15);
    }
    expect(found.at(-1)![0]).toBe(5 * 24 + 21);
    expect(found.at(-1)![1]).toBeGreaterThanOrEqual(35);
    expect(found.at(-1)![1]).toBeLessThan(48);
  });

  it('hold less than half of an even share up to each of their instants', () => {
    let checked = 0;
    for (let i = 0; i < runs(30); i++) {
      const chance = seeded(SEED + i);
      const shares = USUAL.map((share) => share * (0.5 + chance.next()) + 0.1 * chance.next());
      const { counts } = counted(shares, 500 + 200 * i, SEED + i);
      const total = counts.reduce((sum, one) => sum + one, 0);
      let end = 0;
      for (const [first, length] of quietRuns(counts)) {
        expect(first).toBeGreaterThanOrEqual(end);
        expect(length).toBeLessThan(168);
        end = first + length;
        let sum = 0;
        for (let hour = 1; hour <= length; hour++) {
          sum += counts[(first + hour - 1) % 168]!;
          checked += 1;
          expect(sum / total).toBeLessThan((0.5 * hour) / 168 + 1e-9);
        }
      }
    }
    expect(checked).toBeGreaterThan(500);
  });

  it('are none of few events, nor of many that fall evenly', () => {
    for (let i = 0; i < runs(40); i++) {
      expect(counted(USUAL, 30, SEED + i).hours.quiet(ALL, null, THEN), `run ${i}`).toEqual([]);
    }
    expect(new DoorHours().quiet(ALL, HERE, THEN)).toEqual([]);
    // Some on workdays alone are not enough for weekends, however plainly they speak.
    const workdays = new DoorHours();
    const add = (count: number) => {
      for (let i = 0; i < count; i++) workdays.add([ALL], (i % 5) * 24 + 9 + (i % 9), NOW);
    };
    add(25);
    expect(workdays.quiet(ALL, null, THEN)).toEqual([]);
    add(20);
    expect(workdays.quiet(ALL, null, THEN)).toHaveLength(1);
    // And of a first month nothing is said, however many there were.
    expect(counted(USUAL, 3000, SEED).hours.quiet(ALL, null, THEN - 1)).toEqual([]);
    const even = new Array<number>(168).fill(1);
    let found = 0;
    for (let i = 0; i < runs(40); i++) {
      found += counted(even, 50 + 70 * i, SEED + i).hours.quiet(ALL, null, THEN).length;
    }
    // Empty hours of so many even weeks are taken for quiet ones once in a hundred at most.
    expect(found / runs(40)).toBeLessThan(1.68);
  });

  it('are those at which a carrier books, where it books in batches', () => {
    const booked = Array.from({ length: 168 }, (_, hour) => +(hour % 24 === 23));
    const found = counted(booked, 1500, SEED).hours.quiet(ALL, null, THEN);

    // Between two bookings at midnight nothing is ever told.
    expect(found).toHaveLength(7);
    for (const [first, length] of found) {
      expect(first % 24).toBe(0);
      expect(length).toBe(23);
    }
  });

  it('fade, so that a carrier that starts to deliver on Sundays does so soon', () => {
    const { hours } = counted(USUAL, 1500, SEED);
    const later = NOW + 360 * DAY_SECONDS;
    const isQuiet = (hour: number, at: number) =>
      hours.quiet(ALL, null, at).some(([first, n]) => hour >= first && hour < first + n);
    const sunday = 6 * 24 + 14;
    expect(isQuiet(sunday, later)).toBe(true);
    for (let i = 0; i < 60; i++) hours.add([HERE, ALL], sunday + (i % 4), later);
    expect(isQuiet(sunday, later)).toBe(false);
  });

  it('are the service’s in a region that has few deliveries, and its own where it has many', () => {
    const { hours } = counted(USUAL, 3000, SEED);
    const other = JSON.stringify(['post', 'AE']);
    const usual = hours.quiet(ALL, null, THEN);
    for (let i = 0; i < 59; i++) hours.add([other], 150 + (i % 10), NOW);
    expect(hours.quiet(ALL, other, THEN)).toEqual(usual);
    for (let i = 0; i < 200; i++) hours.add([other], 150 + (i % 10), NOW);

    const own = hours.quiet(ALL, other, THEN);

    expect(own.some(([first, n]) => 152 >= first && 152 < first + n)).toBe(false);
    expect(hours.quiet(ALL, HERE, THEN)).toEqual(usual);
  });

  it('come back from storage bit for bit', () => {
    const { hours } = counted(USUAL, 700, SEED);
    const again = DoorHours.restore(JSON.parse(JSON.stringify(hours.store())));
    const later = NOW + 33.3 * DAY_SECONDS;
    expect(again.store()).toEqual(hours.store());
    expect(again.quiet(ALL, HERE, later)).toEqual(hours.quiet(ALL, HERE, later));
  });

  it('are told by the clocks of the zone, which change', () => {
    const at = (text: string, zone: string) =>
      localHourOfWeek(Temporal.Instant.from(text).epochMilliseconds / 1000, zone);
    expect(at('2026-03-02T00:00Z', 'UTC')).toBe(0);
    expect(at('2026-03-01T23:30Z', 'Europe/Berlin')).toBe(0);
    expect(at('2026-03-29T00:59:59Z', 'Europe/Berlin')).toBe(6 * 24 + 1);
    expect(at('2026-03-29T01:00Z', 'Europe/Berlin')).toBe(6 * 24 + 3);
    expect(at('2026-03-02T18:14Z', 'Asia/Kathmandu')).toBe(23);
    expect(at('2026-03-02T18:15Z', 'Asia/Kathmandu')).toBe(24);
  });
});

const network: NetworkInput = aNetwork({
  transit_times: [{ id: 'days_2', quantiles: [[0.5, 2 * DAY_SECONDS]] }],
  services: [
    {
      id: 'post',
      carrier_id: 'swift',
      rate_card_id: 'standard',
      pickups: {},
      lanes: [{ rate_area: 'all', transit_time_id: 'days_2' }],
    },
  ],
});

describe('a learner of quiet hours', () => {
  const options = { journeys_max: 5000, least_events: 20, lanes_max: 50 };
  const shipment = (i: number, pickup_seconds: number): PlannedShipment => ({
    shipment_id: `shipment-${i}`,
    carrier_id: 'swift',
    service_id: 'post',
    warehouse_id: 'rotterdam',
    zone_ids: ['nl'],
    region: 'NL',
    time_zone: 'Europe/Amsterdam',
    transit_time_id: 'days_2',
    published: network.transit_times[0]!.quantiles,
    pickup_seconds,
  });
  /** Parcels that are delivered between 10 and 20 o'clock in Amsterdam, on all days. */
  const life = (learner: TransitLearner, count: number, from = 0): number => {
    let at = NOW;
    for (let i = from; i < from + count; i++) {
      const pickup = NOW + i * HOUR_SECONDS * 3;
      at = Math.floor(pickup / DAY_SECONDS + 2) * DAY_SECONDS + (9 + (i % 10)) * HOUR_SECONDS;
      learner.plan(shipment(i, pickup), pickup);
      learner.deliver(shipment(i, pickup), { handed_over: pickup, delivered: at }, at);
    }
    return at;
  };
  const quietOf = (learner: TransitLearner, now: number) =>
    learner.learned(network, now).filter((row) => 'runs' in row);

  it('states them of the service, and no more for its regions that say the same', () => {
    const learner = new TransitLearner(options);
    const now = life(learner, 800);

    const [row, ...others] = quietOf(learner, now);

    expect(others).toEqual([]);
    expect(row).toMatchObject({ service_id: 'post', region: null });
    expect(row!.runs).toHaveLength(7);
    // Clocks change in these months: some deliveries come an hour later by them.
    for (const [first] of row!.runs) expect(first % 24).toBeGreaterThanOrEqual(20);
    const document = withLearnedTransit(network, learner.learned(network, now));
    expect(document.quiet_hours).toEqual([row]);
    const learned = document.transit_times.filter(({ learned }) => learned !== undefined);
    expect(learned.length).toBeGreaterThan(0);
    for (const table of learned) expect(table.quiet_service_id).toBe('post');
    expect(document.transit_times[0]).toEqual(network.transit_times[0]);
  });

  it('says nothing of a service without history', () => {
    const learner = new TransitLearner(options);
    const now = life(learner, 19);
    expect(learner.learned(network, now)).toEqual([]);
    const other = new TransitLearner({ ...options, least_events: 1000 });
    expect(other.learned(network, life(other, 800))).toEqual([]);
  });

  it('goes on from a state that was stored before they were counted', () => {
    const learner = new TransitLearner(options);
    life(learner, 300);
    const { door_hours, ...old } = learner.store();
    expect(door_hours).toHaveLength(2);
    const again = TransitLearner.restore(JSON.parse(JSON.stringify(old)), options);
    const now = life(again, 1, 300);
    expect(again.learned(network, now).some((row) => 'quantiles' in row)).toBe(true);
    expect(quietOf(again, now)).toEqual([]);
    expect(quietOf(again, life(again, 800, 301))).toHaveLength(1);
  });

  it('leaves documents as they were where a version was stored without them', () => {
    const learner = new TransitLearner(options);
    const rows = learner.learned(network, life(learner, 400));
    const old = rows.filter((row) => !('runs' in row));
    const document = withLearnedTransit(network, old);
    expect('quiet_hours' in document).toBe(false);
    expect(document.transit_times.some((table) => 'quiet_service_id' in table)).toBe(false);
  });
});
