/** The report on promises counts what is due, tells it apart as asked, and draws it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aNetwork } from '../builders/network.ts';
import { type Api, documentedOperations, orderBody, startApi } from './api-harness.ts';

let api: Api;
const PATH = 'GET /v1/reports/promise-calibration';

/** Of ten parcels, promised alike: six in time, one late, one lost, one on its way, one cancelled. */
beforeAll(async () => {
  api = await startApi();
  await api.stock({ quantity: 100 });
  for (let i = 0; i < 10; i += 1) {
    await api.ask('POST /v1/orders', { as: 'shop', body: orderBody(`order-${i}`) });
  }
  await api.settle();
  const ends = [...Array(6).fill('delivered'), 'late', 'lost', 'on its way', 'cancelled'];
  const rows = await api.owner
    .selectFrom('shipments')
    .select(['shipment_id', 'promise_at'])
    .orderBy('shipment_id')
    .execute();
  for (const [i, { shipment_id, promise_at }] of rows.entries()) {
    const end = ends[i]!;
    const arrived = end === 'late' ? promise_at.add({ hours: 5 }) : promise_at;
    const isDelivered = end === 'delivered' || end === 'late';
    await api.owner
      .updateTable('shipments')
      .set({
        state: isDelivered ? 'delivered' : end === 'on its way' ? 'in_transit' : end,
        delivered_at: isDelivered ? arrived.toString() : null,
      })
      .where('shipment_id', '=', shipment_id)
      .execute();
  }
});
// The rows were moved by hand, past the journal: not for the auditor.
afterAll(() => api.close({ audit: false }));

const report = async (query: string) => (await api.ask(`${PATH}${query}`, { as: '*' })).body;
const draw = (query: string) =>
  api.ask(`${PATH}${query}`, { as: '*', headers: { accept: 'image/svg+xml' } });
const LATER = '&until=2026-04-30T00:00:00Z';

describe('parts of the work', () => {
  test('are told to operators, band by band, and to nobody else', async () => {
    const base = aNetwork();
    const agreed = { period: 'month' as const, penalty_per_parcel: 120 };
    const carriers = base.carriers.map(({ id }) => ({
      id,
      share_bands: [{ ...agreed, zones: ['nl'], minimum_percent: 40, maximum_percent: 90 }],
    }));
    await api.applyNetwork(aNetwork({ carriers }));

    const { status, body } = await api.ask('GET /v1/reports/carrier-shares', { as: '*' });

    expect(status).toBe(200);
    expect(body.rows.map((row: { carrier_id: string }) => row.carrier_id)).toEqual(
      carriers.map(({ id }) => id),
    );
    // Nine parcels stand, all to one zone: a cancelled one was never carried.
    for (const row of body.rows) {
      expect(row).toMatchObject({
        zones: ['nl'],
        period: 'month',
        from: '2026-03-01T00:00:00Z',
        until: '2026-04-01T00:00:00Z',
        all_parcels: 9,
        share_percent: expect.closeTo((100 * row.parcels) / 9, 6),
        minimum_percent: 40,
        maximum_percent: 90,
        minimum_parcels: null,
        price: 0,
        penalty_per_parcel: 120,
        state: row.parcels === 9 ? 'above' : 'below',
      });
    }
    const sum = body.rows.reduce((all: number, row: { parcels: number }) => all + row.parcels, 0);
    expect(sum).toBe(9);
    const shop = await api.ask('GET /v1/reports/carrier-shares', { as: 'shop' });
    expect(shop.status).toBe(403);
  });
});

describe('stated against kept', () => {
  test('counts a promise when its instant has passed, early deliveries too', async () => {
    api.clock.advance(1);
    const early = await report('');
    expect(early.rows).toMatchObject([{ due: 0, kept: 0, open: 8, lost: 1, kept_share: null }]);

    api.clock.advance(30 * 86_400);
    const { rows } = await report('?by=month');
    expect(rows).toEqual([
      {
        stated: 0.9,
        month: '2026-03',
        carrier_id: null,
        service_id: null,
        warehouse_id: null,
        zone_id: null,
        due: 8,
        kept: 6,
        open: 0,
        lost: 1,
        kept_share: 0.75,
        kept_share_low: expect.closeTo(0.409, 2),
        kept_share_high: expect.closeTo(0.929, 2),
        promised_days: expect.any(Number),
      },
    ]);
  });

  test.each([
    ['carrier', ['carrier_id']],
    ['service', ['carrier_id', 'service_id']],
    ['lane', ['carrier_id', 'service_id', 'warehouse_id', 'zone_id']],
  ])('tells it apart by %s', async (by, keys) => {
    const { rows } = await report(`?by=${by}${LATER}`);

    expect(rows.reduce((sum: number, row: { due: number }) => sum + row.due, 0)).toBe(8);
    for (const row of rows) {
      const named = ['month', 'carrier_id', 'service_id', 'warehouse_id', 'zone_id'];
      expect(named.filter((name) => row[name] !== null)).toEqual(keys);
    }
  });

  test('counts each parcel in its own month, carrier, service and lane', async () => {
    const places = [
      { carrier_id: 'swift', service_id: 'one', warehouse_id: 'rotterdam', zone_id: 'nl' },
      { carrier_id: 'swift', service_id: 'one', warehouse_id: 'lisbon', zone_id: 'nl' },
      { carrier_id: 'swift', service_id: 'two', warehouse_id: 'lisbon', zone_id: 'pl' },
      { carrier_id: 'polder', service_id: 'three', warehouse_id: 'lisbon', zone_id: 'pl' },
    ];
    const shipments = await api.owner
      .selectFrom('shipments')
      .select(['shipment_id', 'planned_at', 'promise_at', 'delivered_at', 'state'])
      .orderBy('shipment_id')
      .execute();
    const rows = shipments.map((row, i) => {
      // Every third a month later: promised as long, and kept or broken as before.
      const later = { hours: i % 3 === 0 ? 31 * 24 : 0 };
      const delivered_at = row.delivered_at?.add(later) ?? null;
      const moved = {
        planned_at: row.planned_at.add(later),
        promise_at: row.promise_at.add(later),
      };
      return { ...row, ...moved, delivered_at, ...places[i % places.length]! };
    });
    for (const { shipment_id, planned_at, promise_at, delivered_at, ...place } of rows) {
      const { carrier_id, service_id, warehouse_id, zone_id } = place;
      await api.owner
        .updateTable('shipments')
        .set({
          ...{ carrier_id, service_id, warehouse_id, zone_id },
          planned_at: planned_at.toString(),
          promise_at: promise_at.toString(),
          delivered_at: delivered_at?.toString() ?? null,
        })
        .where('shipment_id', '=', shipment_id)
        .execute();
    }
    api.clock.advance(60 * 86_400);

    const keysOf = {
      month: ['month'],
      carrier: ['carrier_id'],
      service: ['carrier_id', 'service_id'],
      lane: ['carrier_id', 'service_id', 'warehouse_id', 'zone_id'],
    };
    for (const [by, keys] of Object.entries(keysOf)) {
      const told = rows
        .filter(({ state }) => state !== 'cancelled')
        .map((row) => ({ ...row, month: row.planned_at.toString().slice(0, 7) }));
      const nameOf = (row: Record<string, unknown>): string => keys.map((key) => row[key]).join();
      const expected = [...Map.groupBy(told, nameOf)].map(([name, own]) => {
        const due = own.filter(({ state }) => state !== 'lost');
        const kept = due.filter(({ delivered_at: at, promise_at }) => {
          return at !== null && Temporal.Instant.compare(at, promise_at) <= 0;
        });
        return [name, due.length, kept.length, own.length - due.length];
      });

      const answer = await report(`?by=${by}&until=2026-06-30T00:00:00Z&from=2026-03-01T00:00:00Z`);

      const got = answer.rows.map((row: Record<string, number>) => {
        return [nameOf(row), row.due, row.kept, row.lost];
      });
      expect(got.sort(), by).toEqual(expected.sort());
      expect(got.length, by).toBeGreaterThan(1);
    }
  });

  test('keeps to the span of planning and to the limit', async () => {
    const before = await report('?from=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z');
    expect(before.rows).toEqual([]);
    expect((await report(`?by=lane&limit=1${LATER}`)).rows).toHaveLength(1);
  });

  test('is drawn for who asks for a drawing, from the rows that JSON tells', async () => {
    const query = `?by=carrier${LATER}`;
    const { rows } = await report(query);

    const { status, headers, text } = await draw(query);

    expect(status, text).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'image/svg+xml',
      vary: 'accept',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*sandbox$/),
    });
    expect(text).toMatch(/^<svg .*<\/svg>\n$/s);
    const due = rows.reduce((sum: number, row: { due: number }) => sum + row.due, 0);
    expect(text).toContain(`of ${due}</text>`);
    expect(rows.length).toBeGreaterThan(0);
    for (const { carrier_id, kept, due } of rows) {
      const share = ((100 * kept) / due).toFixed(1);
      expect(text).toContain(`<title>${carrier_id}: ${share} % of ${due} (stated 90 %)</title>`);
    }
    const plain = await api.ask(`${PATH}${query}`, { as: '*', headers: { accept: '*/*' } });
    expect(plain.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      vary: 'accept',
    });
    expect(plain.body.rows).toEqual(rows);
  });

  test.each([
    [
      'application/json',
      ['text/csv', 'image/svg+xml;q=0.5, application/json', 'image/svg+xml;q=much'],
    ],
    // What a browser says that opens a page, and one that shows a picture.
    ['application/json', ['text/html,application/xhtml+xml,image/avif,*/*;q=0.8', '', ';;,/']],
    ['image/svg+xml', ['image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8', 'Image/SVG+XML']],
  ] as const)('is %s for who says %s', async (type, accepts) => {
    for (const accept of accepts) {
      const { headers } = await api.ask(PATH, { as: '*', headers: { accept } });
      expect(headers['content-type'], accept).toContain(type);
    }
  });

  test('is drawn of a limited number of groups and of all parcels', async () => {
    const { text } = await draw(`?by=lane&limit=1${LATER}`);
    const { rows } = await report(`?by=lane${LATER}`);
    const dues: number[] = rows.map((row: { due: number }) => row.due);
    const all = dues.reduce((sum, due) => sum + due, 0);

    expect(dues.length).toBeGreaterThan(1);
    expect(text).toContain(`Left out: ${all - dues[0]!} of ${all} parcels due`);
  });

  test('is drawn empty where there is nothing', async () => {
    const { status, text } = await draw('?from=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z');

    expect(status).toBe(200);
    expect(text).toContain('Nothing to show yet');
  });

  test('is drawn for operators alone, and refused in words', async () => {
    const as = { accept: 'image/svg+xml' };
    for (const [ask, status] of [
      [{ as: 'shop' }, 403],
      [{ as: 'swift' }, 403],
      [{}, 401],
    ] as const) {
      const refused = await api.ask(PATH, { ...ask, headers: as });
      expect(refused.status).toBe(status);
      expect(refused.headers['content-type']).toContain('application/problem+json');
    }
    const invalid = await draw('?by=moon');
    expect(invalid.status).toBe(400);
    expect(invalid.body.code).toBe('invalid_request');
  });

  test('is documented in both types', () => {
    const { operation } = documentedOperations(api.app).find(({ line }) => line === PATH)!;
    const { content } = operation.responses['200'];

    expect(Object.keys(content)).toEqual(['application/json', 'image/svg+xml']);
    expect(content['application/json'].schema.properties.rows.type).toBe('array');
    expect(content['image/svg+xml'].schema.type).toBe('string');
  });

  test.each([
    ['?by=moon', 'by'],
    ['?from=yesterday', 'from'],
    ['?limit=0', 'limit'],
    ['?from=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z', 'from'],
    ['?colour=red', 'colour'],
  ])('refuses %s by name', async (query, field) => {
    const answer = await api.ask(`${PATH}${query}`, { as: '*' });

    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid_request');
    expect(JSON.stringify(answer.body.errors)).toContain(field);
  });
});
