import { describe, expect, it } from 'vitest';
import { arrivals, demandAt, demandOf, wishOf } from '../../src/simulation/demand.ts';
import { generateNetwork } from '../../src/simulation/network/generate-network.ts';

const seed = 4711;
const network = generateNetwork({ seed, scale: 1 });
const demand = demandOf(network, seed);
const zone = 'Asia/Seoul';
/** A Monday, midnight in Seoul. */
const from = Date.parse('2026-05-11T00:00:00+09:00');
const DAY = 86_400_000;

function arrivalsUntil(end: number, per_day: number): number[] {
  const found: number[] = [];
  for (const at of arrivals(seed, { from, per_day, zone })) {
    if (at >= end) return found;
    found.push(at);
  }
  return found;
}

describe(`demand (seed ${seed})`, () => {
  it('is, over a week, what was asked for', () => {
    const week = arrivalsUntil(from + 7 * DAY, 1000);

    expect(week.length).toBeGreaterThan(6800);
    expect(week.length).toBeLessThan(7200);
  });

  it('comes in order, and the same whenever it is asked', () => {
    const day = arrivalsUntil(from + DAY, 500);

    expect(day).toEqual([...day].sort((a, b) => a - b));
    expect(arrivalsUntil(from + DAY, 500)).toEqual(day);
  });

  it('sleeps at night, peaks in the evening, and is strongest on Mondays', () => {
    const week = arrivalsUntil(from + 7 * DAY, 2000);
    const inHours = (first: number, last: number) =>
      week.filter((at) => {
        const hour = Math.floor(((at - from) % DAY) / 3_600_000);
        return hour >= first && hour < last;
      }).length;
    const onDay = (day: number) =>
      week.filter((at) => at >= from + day * DAY && at < from + (day + 1) * DAY).length;

    expect(inHours(20, 23)).toBeGreaterThan(5 * inHours(2, 5));
    expect(onDay(0)).toBeGreaterThan(onDay(5));
  });

  it('has curves whose mean is one, so that a number of orders a day means it', () => {
    let sum = 0;
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      const instant = Temporal.Instant.fromEpochMilliseconds(from + hour * 3_600_000);
      sum += demandAt(instant.toZonedDateTimeISO(zone));
    }

    expect(sum / (7 * 24)).toBeCloseTo(1, 1);
  });
});

describe(`wishes (seed ${seed})`, () => {
  const wishes = Array.from({ length: 4000 }, (_, number) => wishOf(demand, number));

  it('have the basket shapes of a shop: nine of ten have one line', () => {
    const share = (lines: number) =>
      wishes.filter((wish) => wish.lines.length === lines).length / wishes.length;

    expect(share(1)).toBeGreaterThan(0.885);
    expect(share(1)).toBeLessThan(0.925);
    expect(share(2)).toBeGreaterThan(0.055);
    expect(share(2)).toBeLessThan(0.092);
  });

  it('follow from their number alone, whoever asks first', () => {
    expect(wishOf(demand, 17)).toEqual(wishes[17]);
    expect(wishOf(demandOf(network, seed), 3999)).toEqual(wishes[3999]);
    expect(wishOf(demandOf(network, seed + 1), 17)).not.toEqual(wishes[17]);
  });

  it('name goods that their platform sells, each once, and a reference of their own', () => {
    for (const { lines, platform_id } of wishes) {
      const skus = lines.map((line) => line.sku_id);
      expect(new Set(skus).size).toBe(skus.length);
      if (platform_id === 'style')
        expect(skus.every((sku) => sku.startsWith('ambient'))).toBe(true);
    }
    expect(new Set(wishes.map((wish) => wish.external_ref)).size).toBe(wishes.length);
  });

  it('come from where people live', () => {
    const inCapital = wishes.filter(({ destination }) => /^[01]/.test(destination.postal_code));
    const onJeju = wishes.filter(({ destination }) => destination.postal_code.startsWith('63'));

    expect(inCapital.length / wishes.length).toBeGreaterThan(0.35);
    expect(onJeju.length / wishes.length).toBeLessThan(0.05);
  });
});
