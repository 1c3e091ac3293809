/**
 * The database answers but cannot write: its disk is full, it is out of memory, or it has become a
 * replica. Clients are told to come again, nothing is stored by half, and all goes on by itself.
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { type Api, orderBody, startApi } from '../api/api-harness.ts';

let api: Api;
beforeEach(async () => {
  api = await startApi();
  await api.stock({ quantity: 10 });
});
afterEach(async () => {
  await api.close();
});

/** Every write to the table fails as PostgreSQL fails with this code. */
async function refuseWrites(table: string, code: string): Promise<void> {
  await sql
    .raw(`create function refuse_write() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '${code}'; end $$;
      create trigger refuse_write before insert on ${table} execute function refuse_write()`)
    .execute(api.owner);
}

async function allowWrites(): Promise<void> {
  await sql.raw('drop function refuse_write cascade').execute(api.owner);
}

describe('a database that cannot write', () => {
  it.each([
    ['disk full', '53100'],
    ['out of memory', '53200'],
    ['read only', '25006'],
    ['input or output error', '58030'],
  ])('%s: an order is put off, not half stored, and goes through later', async (_, code) => {
    // The last write of the transaction: everything before it must be undone.
    await refuseWrites('journal', code);

    const refused = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('later') });

    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' } });
    expect(refused.headers['retry-after']).toBeDefined();
    expect(refused.text).not.toContain('extend');
    const stored = await api.owner.selectFrom('orders').select('order_id').execute();
    expect(stored).toEqual([]);
    await allowWrites();
    const taken = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('later') });
    expect(taken.status).toBe(201);
  });

  it('leaves orders waiting while decisions cannot be stored, and decides them after', async () => {
    await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('waits') });
    await refuseWrites('decisions', '53100');

    await expect(decideOrders(api.engine)).rejects.toMatchObject({ code: '53100' });

    const waiting = await api.owner.selectFrom('orders').select('state').execute();
    expect(waiting).toEqual([{ state: 'accepted' }]);
    expect(await api.audit()).toEqual([]);
    await allowWrites();
    await decideOrders(api.engine);
    const decided = await api.owner.selectFrom('orders').select('state').execute();
    expect(decided).toEqual([{ state: 'decided' }]);
  });
});
