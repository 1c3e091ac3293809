/** Rates, transit distributions and zones, each against an independent source of truth. */
import * as turf from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOfDate, dayTable, doorAt, doorCalendar } from '../../routing/calendar.ts';
import type { NetworkInput, ZoneInput } from '../../routing/index.ts';
import { compileRates, freightOf, roundMoney } from '../../routing/rates.ts';
import { compileTransit, expectedLateSeconds, quantileSeconds } from '../../routing/transit.ts';
import { findZones, indexZones } from '../../routing/zones.ts';
import { runs, seedOf } from './runs.ts';

const card: NetworkInput['rate_cards'][number] = {
  id: 'R',
  weight_breaks_grams: [1000, 5000, 20_000],
  rates: {
    A: [{ base: 300, per_kg: 100 }, { base: 500, minimum: 900 }, null],
    B: [{ base: 100 }],
  },
  cm3_per_kg: 5000,
  fuel_percent: 10,
  remote_surcharge: 250,
};

describe('freight', () => {
  const rates = compileRates([card]);
  const row = (area: string) => rates.rowOf[0]!.get(area)!;
  const freight = (area: string, grams: number, cm3 = 0, remote = false) =>
    freightOf(rates, 0, row(area), grams * 1000, cm3 * 1000, remote);

  it('is base and kilos of the band, at least the minimum, with fuel, then the remote surcharge', () => {
    expect(freight('A', 500)).toBe(385);
    expect(freight('A', 1000)).toBe(440);
    expect(freight('A', 1000.001)).toBe(990);
    expect(freight('A', 500, 0, true)).toBe(635);
  });

  it('bills the dimensional weight when that is more', () => {
    expect(freight('A', 100, 4000)).toBe(418);
    expect(freight('A', 100, 5001)).toBe(990);
  });

  it('refuses bands that are not sold and parcels beyond the last break', () => {
    expect(freight('A', 6000)).toBe(Number.POSITIVE_INFINITY);
    expect(freight('A', 20_001)).toBe(Number.POSITIVE_INFINITY);
    expect(freight('B', 1001)).toBe(Number.POSITIVE_INFINITY);
    expect(freight('B', 1000)).toBe(110);
  });

  it('rounds half up once', () => {
    expect([0.5, 1.49999, 1.5, 2.5, 1.005 * 100].map(roundMoney)).toEqual([1, 1, 2, 3, 101]);
  });
});

describe('transit', () => {
  it('interpolates quantiles and stays on the end points', () => {
    const points = [
      [0.1, 100],
      [0.5, 300],
      [0.9, 700],
    ] as const;
    expect([0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map((p) => quantileSeconds(points, p))).toEqual([
      100, 100, 200, 300, 500, 700, 700,
    ]);
    expect(quantileSeconds([[0.5, 60]], 0.95)).toBe(60);
  });

  it('expects the lateness that a fine sum over the distribution gives, doors included', () => {
    const points: [number, number][] = [
      [0.1, 30_000],
      [0.5, 90_000],
      [0.9, 200_000],
      [0.99, 400_000],
    ];
    const table = compileTransit([{ id: 'T', quantiles: points }], 0.9);
    const days = dayTable('Europe/Berlin', dayOfDate('2026-03-26'), 40);
    const doors = doorCalendar(
      days,
      { mon: [['09:00', '18:00']], wed: [['10:00', '12:00']], sat: [['00:00', '24:00']] },
      undefined,
    );
    const base = days.start[1]!;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: -50_000, max: 700_000 }),
        fc.boolean(),
        (pickup, due, withDoors) => {
          const open = withDoors ? doors : undefined;
          let sum = 0;
          const steps = 20_000;
          for (let i = 0; i < steps; i++) {
            const p = (i + 0.5) / steps;
            let k = points.findIndex(([q]) => q >= p);
            if (k < 0) k = points.length;
            const [p0, x0] = points[Math.max(0, k - 1)]!;
            const [p1, x1] = points[Math.min(k, points.length - 1)]!;
            const t = p1 > p0 ? x0 + ((p - p0) / (p1 - p0)) * (x1 - x0) : x0;
            sum += Math.max(0, doorAt(open, base + pickup + t) - (base + due));
          }
          const exact = expectedLateSeconds(table, 0, base + pickup, base + due, open);
          expect(Math.abs(exact - sum / steps)).toBeLessThan(60);
        },
      ),
      { seed: seedOf(3), numRuns: runs(40) },
    );
  });
});

describe('zones', () => {
  const zone = (id: string, rest: Partial<ZoneInput>, country = 'DE'): ZoneInput => ({
    id,
    country,
    time_zone: 'UTC',
    ...rest,
  });
  const named = (
    zones: ZoneInput[],
    country: string,
    postal_code: string,
    position?: [number, number],
  ) => findZones(indexZones(zones), { country, postal_code, position }).map((i) => zones[i]!.id);

  it('lists all prefixes that fit, longest first, within the country, whatever the spelling', () => {
    const zones = [
      zone('all', {}),
      zone('one', { postal_prefixes: ['1', '2'] }),
      zone('three', { postal_prefixes: ['101'] }),
      zone('two', { postal_prefixes: ['10', '1'] }),
      zone('uk', { postal_prefixes: ['sw1a'] }, 'GB'),
      zone('us', { postal_prefixes: ['1'] }, 'US'),
    ];
    expect(named(zones, 'DE', '10115')).toEqual(['three', 'two', 'one', 'all']);
    expect(named(zones, 'DE', '2')).toEqual(['one', 'all']);
    expect(named(zones, 'GB', 'SW1A 1AA')).toEqual(['uk']);
    expect(named(zones, 'FR', '10115')).toEqual([]);
  });

  it('finds polygons with holes and circles where Turf says so', () => {
    const ring = (x: number, y: number, r: number): [number, number][] =>
      [0, 1, 2, 3, 4, 0].map((k) => [
        x + r * Math.cos((k * 2 * Math.PI) / 5),
        y + r * Math.sin((k * 2 * Math.PI) / 5),
      ]);
    const shapes = Array.from({ length: 30 }, (_, i) => {
      const [x, y] = [5 + (i % 6), 47 + Math.floor(i / 6)];
      return i % 2 === 0
        ? zone(`p${String(i).padStart(2, '0')}`, { polygon: [ring(x, y, 1.3), ring(x, y, 0.3)] })
        : zone(`c${String(i).padStart(2, '0')}`, {
            circle: { center: [x, y], radius_metres: 70_000 + i * 1000 },
          });
    });
    const index = indexZones(shapes);
    const lon = fc.double({ min: 3, max: 12, noNaN: true });
    const lat = fc.double({ min: 45, max: 53, noNaN: true });
    fc.assert(
      fc.property(lon, lat, (x, y) => {
        const found = findZones(index, { country: 'DE', postal_code: '', position: [x, y] });
        const oracle = shapes.filter(({ polygon, circle }) =>
          polygon
            ? turf.booleanPointInPolygon(
                [x, y],
                turf.polygon(polygon.map((r) => r.map((p) => [...p]))),
              )
            : turf.distance([x, y], [...circle!.center], { units: 'meters' }) <=
              circle!.radius_metres,
        );
        expect(found.map((i) => shapes[i]!.id).sort()).toEqual(oracle.map((s) => s.id).sort());
        const radii = found.map(
          (i) => shapes[i]!.circle?.radius_metres ?? Number.POSITIVE_INFINITY,
        );
        expect(radii).toEqual([...radii].sort((a, b) => a - b));
      }),
      { seed: seedOf(5), numRuns: runs(200) },
    );
  });
});
