/**
 * A party sees only its own, on every route: what belongs to another answers exactly like what does
 * not exist, lists leave it out, and posts about it change nothing. The table must name every route
 * of the interface; a new one without a case fails.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import {
  type Answer,
  type Api,
  type Ask,
  documentedOperations,
  orderBody,
  type Party,
  startApi,
} from './api-harness.ts';

let api: Api;
/** What belongs to `shop`, `acme`, `rotterdam` and `swift`. */
let own: { order: string; shipment: string; assignment: string; key: string };
const UNKNOWN = '01a20055-418d-7055-9518-9d6142db7ca4';

beforeAll(async () => {
  api = await startApi();
  await api.stock({ quantity: 100 });
  const posted = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('mine') });
  while ((await decideOrders(api.engine)).more);
  const order = await api.ask(`GET /v1/orders/${posted.body.order_id}`, { as: 'shop' });
  const [shipment] = order.body.shipments;
  expect(shipment, order.text).toMatchObject({ warehouse_id: 'rotterdam' });
  const { assignment_id } = await api.owner
    .selectFrom('assignments')
    .select('assignment_id')
    .executeTakeFirstOrThrow();
  const { body: keys } = await api.ask('GET /v1/keys', { as: '*' });
  own = {
    order: posted.body.order_id,
    shipment: shipment.shipment_id,
    assignment: assignment_id,
    key: keys.keys[0].key_id,
  };
});
afterAll(() => api.close());

const asText = (answer: Answer) => `${answer.status} ${answer.text}`;
const masked = (answer: Answer, ...ids: string[]) =>
  ids.reduce((text, id) => text.replaceAll(id, '<id>'), asText(answer));

/** Asked about another's thing and about nothing: the same answer, byte by byte. */
async function answersAlike(as: Party, line: string, id: string, ask: Ask = {}): Promise<Answer> {
  const foreign = await api.ask(line.replace('{id}', id), { as, ...ask });
  const unknown = await api.ask(line.replace('{id}', UNKNOWN), { as, ...ask });
  expect(asText(foreign), line).toBe(asText(unknown));
  expect(foreign.status, line).toBe(404);
  return foreign;
}

/** A list of a party that owns nothing names nothing of anybody. */
async function listsNothing(as: Party, line: string): Promise<void> {
  const answer = await api.ask(line, { as });
  expect(answer.status, answer.text).toBe(200);
  for (const id of Object.values(own)) expect(answer.text).not.toContain(id);
  const [rows] = Object.values(answer.body);
  expect(rows, answer.text).toEqual([]);
}

/** Rows about another's thing and about nothing are refused alike, but for the id that was sent. */
async function refusesRowsAlike(as: Party, line: string, row: (id: string) => object, id: string) {
  const foreign = await api.ask(line, { as, body: [row(id)] });
  const unknown = await api.ask(line, { as, body: [row(UNKNOWN)] });
  expect(masked(foreign, id)).toBe(masked(unknown, UNKNOWN));
  expect(foreign.body, foreign.text).toMatchObject({ applied: 0, refused: 1 });
}

/** Every party that is not an operator is refused, whatever it asks for. */
async function isForOperators(line: string, id: string, ask: Ask = {}): Promise<void> {
  for (const as of ['shop', 'acme', 'rotterdam', 'swift'] as const) {
    const foreign = await api.ask(line.replace('{id}', id), { as, ...ask });
    const unknown = await api.ask(line.replace('{id}', UNKNOWN), { as, ...ask });
    expect(asText(foreign)).toBe(asText(unknown));
    expect(foreign.body, `${line} as ${as}`).toMatchObject({ status: 403 });
  }
}

const NOW = '2026-03-18T09:00:00Z';
const trackingRow = (shipment_id: string) => ({
  event_id: 'event-1',
  shipment_id,
  status: 'delivered',
  occurred_at: NOW,
});
const workRow = (shipment_id: string) => ({
  event_id: 'event-1',
  shipment_id,
  kind: 'picked',
  occurred_at: NOW,
});
const answerRow = (assignment_id: string) => ({
  assignment_id,
  fencing_token: 1,
  answer: 'accept',
});
const countOf = async (table: 'orders' | 'stock' | 'inbound_notices') => {
  const { count } = await api.owner
    .selectFrom(table)
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** One case per route: what another party must not learn or change there. */
const CASES: Record<string, () => Promise<void>> = {
  'POST /v1/promises/quote': async () => {
    const { external_ref: _ref, ...basket } = orderBody('');
    const mine = await api.ask('POST /v1/promises/quote', { as: 'shop', body: basket });
    const quote_token = mine.body.options[0].token;
    const foreign = await api.ask('POST /v1/orders', {
      as: 'market',
      body: orderBody('stolen-quote', { quote_token }),
    });
    const unknown = await api.ask('POST /v1/orders', {
      as: 'market',
      body: orderBody('stolen-quote', { quote_token: quote_token.replace(/.$/, '!') }),
    });
    expect(masked(foreign, quote_token)).toBe(asText(unknown));
    expect(foreign.status).toBe(409);
  },
  'POST /v1/orders': async () => {
    const answer = await api.ask('POST /v1/orders', { as: 'market', body: orderBody('mine') });
    expect(answer.status).toBe(201);
    expect(answer.body.order_id).not.toBe(own.order);
  },
  'POST /v1/orders/bulk': async () => {
    const body = [orderBody('mine', { lines: [{ line_no: 9, sku_id: 'book', quantity: 1 }] })];
    const answer = await api.ask('POST /v1/orders/bulk', { as: 'market', body });
    // Refused against market's own order of that reference, never told of shop's.
    expect(answer.text).not.toContain(own.order);
  },
  'GET /v1/orders': async () => {
    const answer = await api.ask('GET /v1/orders?external_ref=mine', { as: 'market' });
    expect(answer.text).not.toContain(own.order);
    for (const order of answer.body.orders) expect(order.platform_id).toBe('market');
  },
  'GET /v1/orders/{id}': async () => {
    await answersAlike('market', 'GET /v1/orders/{id}', own.order);
  },
  'GET /v1/orders/{id}/decision': async () => {
    await answersAlike('market', 'GET /v1/orders/{id}/decision', own.order);
    const mine = await api.ask(`GET /v1/orders/${own.order}/decision`, { as: 'shop' });
    expect(mine.status, mine.text).toBe(200);
  },
  'POST /v1/orders/{id}/cancel': async () => {
    const body = { reason: 'not mine' };
    await answersAlike('market', 'POST /v1/orders/{id}/cancel', own.order, { body });
    const mine = await api.ask(`GET /v1/orders/${own.order}`, { as: 'shop' });
    expect(mine.body.state).toBe('decided');
  },
  'POST /v1/inbound/notices': async () => {
    const before = await countOf('inbound_notices');
    const notice = { reference: 'n-1', lines: [{ line_no: 1, sku_id: 'mug', quantity: 1 }] };
    const seller = { ...notice, seller_id: 'acme', warehouse_id: 'rotterdam' };
    const answer = await api.ask('POST /v1/inbound/notices', { as: 'globex', body: seller });
    expect(answer.body.code).toBe('invalid_request');
    const warehouse = await api.ask('POST /v1/inbound/notices', { as: 'lisbon', body: seller });
    expect(warehouse.body.code).toBe('invalid_request');
    expect(await countOf('inbound_notices')).toBe(before);
  },
  'POST /v1/inbound/receipts': async () => {
    const lines = [{ sku_id: 'mug', quantity: 1 }];
    const body = { receipt_ref: 'r-1', warehouse_id: 'rotterdam', lines };
    const answer = await api.ask('POST /v1/inbound/receipts', { as: 'lisbon', body });
    expect(answer.body.errors[0].pointer).toBe('/warehouse_id');
  },
  'POST /v1/stock/adjustments': async () => {
    const lines = [{ sku_id: 'mug', on_hand: -1, reason: 'not mine' }];
    const body = { adjustment_ref: 'a-1', lines };
    const answer = await api.ask('POST /v1/stock/adjustments', { as: 'lisbon', body });
    expect(answer.body, answer.text).toMatchObject({ status: 422, code: 'not_enough_stock' });
    const stock = await api.ask('GET /v1/stock', { as: 'rotterdam' });
    expect(stock.body.stock).toMatchObject([{ on_hand: 100 }]);
  },
  'GET /v1/stock': async () => {
    await listsNothing('lisbon', 'GET /v1/stock');
    await listsNothing('lisbon', 'GET /v1/stock?warehouse_id=rotterdam');
    await listsNothing('globex', 'GET /v1/stock');
  },
  'GET /v1/warehouses/{id}/work': async () => {
    const foreign = await api.ask('GET /v1/warehouses/rotterdam/work', { as: 'lisbon' });
    const unknown = await api.ask('GET /v1/warehouses/nowhere/work', { as: 'lisbon' });
    expect(asText(foreign)).toBe(asText(unknown));
    expect(foreign.status).toBe(404);
    await listsNothing('lisbon', 'GET /v1/warehouses/lisbon/work');
  },
  'POST /v1/warehouse-events': () =>
    refusesRowsAlike('lisbon', 'POST /v1/warehouse-events', workRow, own.shipment),
  'GET /v1/assignments': async () => {
    const { carrier_id } = await api.owner
      .selectFrom('assignments')
      .select('carrier_id')
      .executeTakeFirstOrThrow();
    await listsNothing(carrier_id === 'swift' ? 'polder' : 'swift', 'GET /v1/assignments');
  },
  'POST /v1/assignments/{id}/accept': async () => {
    const body = { fencing_token: 1 };
    const line = 'POST /v1/assignments/{id}/accept';
    await answersAlike(await otherCarrier(), line, own.assignment, { body });
  },
  'POST /v1/assignments/{id}/reject': async () => {
    const body = { fencing_token: 1, reason: 'price' };
    const line = 'POST /v1/assignments/{id}/reject';
    await answersAlike(await otherCarrier(), line, own.assignment, { body });
  },
  'POST /v1/assignments/answers': async () => {
    const as = await otherCarrier();
    await refusesRowsAlike(as, 'POST /v1/assignments/answers', answerRow, own.assignment);
  },
  'POST /v1/tracking-events': async () => {
    const as = await otherCarrier();
    await refusesRowsAlike(as, 'POST /v1/tracking-events', trackingRow, own.shipment);
  },
  'PUT /v1/network': () => isForOperators('PUT /v1/network', '', { body: {} }),
  'GET /v1/network': () => isForOperators('GET /v1/network', ''),
  'POST /v1/disruptions': () => {
    const window = { from_at: '2026-03-18T12:00:00Z', until_at: '2026-03-18T18:00:00Z' };
    const body = { reference: 'd', kind: 'hub_closed', hub_id: 'hub', ...window };
    return isForOperators('POST /v1/disruptions', '', { body });
  },
  'POST /v1/disruptions/{id}/lift': () =>
    isForOperators('POST /v1/disruptions/{id}/lift', UNKNOWN, { body: undefined }),
  'GET /v1/disruptions': () => isForOperators('GET /v1/disruptions', ''),
  'POST /v1/policies': () => {
    const body = { name: 'mine', rules: { split_limit: 1 } };
    return isForOperators('POST /v1/policies', '', { body });
  },
  'GET /v1/policies': () => isForOperators('GET /v1/policies', ''),
  'GET /v1/policies/{id}': () => isForOperators('GET /v1/policies/{id}', UNKNOWN),
  'POST /v1/policies/{id}/move': () =>
    isForOperators('POST /v1/policies/{id}/move', UNKNOWN, { body: { to: 'shadow' } }),
  'GET /v1/policies/{id}/report': () => isForOperators('GET /v1/policies/{id}/report', UNKNOWN),
  'POST /v1/keys': () => {
    const body = { role: 'platform', party_id: 'shop' };
    return isForOperators('POST /v1/keys', '', { body });
  },
  'GET /v1/keys': () => isForOperators('GET /v1/keys', ''),
  'DELETE /v1/keys/{id}': () => isForOperators('DELETE /v1/keys/{id}', own.key),
  'GET /v1/reports/carrier-shares': () => isForOperators('GET /v1/reports/carrier-shares', ''),
  'GET /v1/reports/promise-calibration': () =>
    isForOperators('GET /v1/reports/promise-calibration', ''),
  'GET /v1/exceptions': () => isForOperators('GET /v1/exceptions', ''),
  'POST /v1/exceptions/{id}/resolve': () => {
    const body = { resolution: 'close' };
    return isForOperators('POST /v1/exceptions/{id}/resolve', UNKNOWN, { body });
  },
  'GET /v1/live': () => isForOperators('GET /v1/live', ''),
  'GET /v1/tower/network': () => isForOperators('GET /v1/tower/network', ''),
  'GET /v1/tower/map': () => isForOperators('GET /v1/tower/map', ''),
  'GET /v1/tower/figures': () => isForOperators('GET /v1/tower/figures', ''),
  'GET /v1/tower/parcels': () => isForOperators('GET /v1/tower/parcels', ''),
  'GET /v1/tower/at-risk': () => isForOperators('GET /v1/tower/at-risk', ''),
  'GET /v1/tower/warehouses/{id}': () =>
    isForOperators('GET /v1/tower/warehouses/{id}', 'rotterdam'),
  'GET /v1/tower/carriers/{id}': () => isForOperators('GET /v1/tower/carriers/{id}', 'swift'),
  'GET /v1/tower/workers': () => isForOperators('GET /v1/tower/workers', ''),
};

async function otherCarrier(): Promise<Party> {
  const { carrier_id } = await api.owner
    .selectFrom('assignments')
    .select('carrier_id')
    .executeTakeFirstOrThrow();
  return carrier_id === 'swift' ? 'polder' : 'swift';
}

describe('another party learns and changes nothing', () => {
  test('every route has a case', () => {
    const routes = documentedOperations(api.app).map(({ line }) => line);
    expect(Object.keys(CASES).sort()).toEqual(routes.sort());
  });

  for (const [line, prove] of Object.entries(CASES)) test(line, prove);
});
