/**
 * The connection to the database breaks after each write of each step in turn, the commit included:
 * as far as the data can tell, that is a process killed there. Every step is then simply run again,
 * as its caller would; the auditor looks after every break.
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../db/database.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { adjustStock } from '../../src/fulfillment/adjust-stock.ts';
import { announceInbound } from '../../src/fulfillment/announce-inbound.ts';
import { answerAssignments } from '../../src/fulfillment/answer-assignments.ts';
import { createBacklogGauge } from '../../src/fulfillment/backlog-gauge.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { expireQuotes } from '../../src/fulfillment/expire-quotes.ts';
import { createNetworkSource } from '../../src/fulfillment/network-source.ts';
import { quotePromise } from '../../src/fulfillment/quote-promise.ts';
import { receiveInbound } from '../../src/fulfillment/receive-inbound.ts';
import { recordTrackingEvents } from '../../src/fulfillment/record-tracking-events.ts';
import { recordWarehouseEvents } from '../../src/fulfillment/record-warehouse-events.ts';
import { tenderShipments } from '../../src/fulfillment/tender-shipments.ts';
import { watchMilestones } from '../../src/fulfillment/watch-milestones.ts';
import { aLine, anOrder, aReceipt } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import { type CuttingProxy, startProxy } from './cutting-proxy.ts';

describe('a connection that breaks after any write', () => {
  let harness: Harness;
  let proxy: CuttingProxy;
  let database: Database;
  /** The engine by way of the proxy. */
  let engine: Engine;
  let breaks: number;

  beforeEach(async () => {
    harness = await startHarness();
    proxy = await startProxy(harness.url);
    database = openDatabase({ url: proxy.url, pool_size: 2, statement_timeout_ms: 10_000 });
    const services = { ...harness.engine, database };
    engine = {
      ...services,
      networks: createNetworkSource(services),
      backlog: createBacklogGauge(),
    };
    await engine.networks.current();
    breaks = 0;
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
    await harness.close();
  });

  /** Runs a step again and again, cut after its first write, its second, …, until it gets through. */
  async function insist<T>(step: () => Promise<T>): Promise<T> {
    for (let point = 1; ; point += 1) {
      let writes = 0;
      let isCut = false;
      proxy.watch((text, link) => {
        if (!/\b(?:insert into|update |delete from|commit\b)/i.test(text) || isCut) return;
        writes += 1;
        if (writes < point) return;
        isCut = true;
        link.mute();
        link.cut();
      });
      const outcome = await step().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      proxy.watch(null);
      await vi.waitFor(nothingHeld, { timeout: 10_000 });
      expect(await harness.audit()).toEqual([]);
      if ('result' in outcome) return outcome.result;
      if (!isCut) throw outcome.error;
      breaks += 1;
    }
  }

  /** The server may need a moment to see a cut; until then what it held is left alone by the steps. */
  async function nothingHeld() {
    const { rows } = await sql`
      select state, query from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and state <> 'idle'
        and pid <> pg_backend_pid()`.execute(harness.owner);
    expect(rows).toEqual([]);
  }

  async function offered() {
    return await harness.owner
      .selectFrom('assignments')
      .selectAll()
      .where('state', '=', 'offered')
      .executeTakeFirstOrThrow();
  }

  it('doubles nothing and loses nothing on the way from the gate to the door', async () => {
    const request_id = 'r';
    const notice = { seller_id: 'acme', warehouse_id: 'rotterdam', reference: 'truck', request_id };
    const announced = [{ line_no: 1, sku_id: 'mug', quantity: 9 }];
    await insist(() => announceInbound(engine, { ...notice, lines: announced }));
    const receipt = aReceipt({ notice_reference: 'truck', final: true });
    await insist(() => receiveInbound(engine, receipt));
    const order = anOrder({ lines: [aLine({ quantity: 2 })] });
    const [accepted] = await insist(() => acceptOrders(engine, [order]));
    expect(accepted).toMatchObject({ status: expect.stringMatching(/applied|duplicate/) });
    await insist(() => decideOrders(engine));
    harness.clock.advance(601);
    await insist(() => tenderShipments(engine));
    const { assignment_id, carrier_id, fencing_token, shipment_id } = await offered();
    expect(fencing_token).toBe(2);
    const answer = { assignment_id, fencing_token, answer: 'accept' } as const;
    await insist(() => answerAssignments(engine, carrier_id, [answer], request_id));
    for (const kind of ['picked', 'packed', 'handed_over'] as const) {
      const event = { event_id: kind, shipment_id, kind, occurred_at: harness.clock.now() };
      await insist(() => recordWarehouseEvents(engine, 'rotterdam', [event], request_id));
    }
    for (const status of ['in_transit', 'delivered'] as const) {
      const event = { event_id: status, shipment_id, status, occurred_at: harness.clock.now() };
      await insist(() => recordTrackingEvents(engine, carrier_id, [event], request_id));
    }

    const orders = await harness.owner.selectFrom('orders').select('state').execute();
    const stock = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(orders).toEqual([{ state: 'delivered' }]);
    expect(stock).toMatchObject({ on_hand: 8, reserved: 0, picked: 0, incoming: 0 });
    console.info(`broken ${breaks} times on the way from the gate to the door`);
    expect(breaks).toBeGreaterThan(40);
  });

  it('doubles nothing and loses nothing where things go wrong', async () => {
    await harness.stock({ quantity: 6 });
    const adjustment = { adjustment_ref: 'a', warehouse_id: 'rotterdam', request_id: 'r' };
    const broken = [{ sku_id: 'mug', on_hand: -1, damaged: 1, reason: 'dropped' }];
    await insist(() => adjustStock(engine, { ...adjustment, lines: broken }));
    await insist(() => quotePromise(engine, anOrder()));
    harness.clock.advance(3600);
    await insist(() => expireQuotes(engine));
    const order = anOrder({ lines: [aLine({ quantity: 3 })] });
    const [accepted] = await insist(() => acceptOrders(engine, [order]));
    if (accepted === undefined || accepted.status === 'refused') throw new Error('refused');
    const { order_id } = accepted;
    await insist(() => decideOrders(engine));
    const { assignment_id, carrier_id, fencing_token, shipment_id } = await offered();
    const answer = { assignment_id, fencing_token, answer: 'accept' } as const;
    await insist(() => answerAssignments(engine, carrier_id, [answer], 'r'));
    const found = [{ line_no: 1, picked: 1 }];
    const occurred_at = harness.clock.now();
    const short = { event_id: 's', shipment_id, kind: 'short_picked', occurred_at, lines: found };
    await insist(() =>
      recordWarehouseEvents(engine, 'rotterdam', [{ ...short, kind: 'short_picked' }], 'r'),
    );
    await insist(() => decideOrders(engine));
    harness.clock.advance(7 * 86_400);
    await insist(() => watchMilestones(engine));
    const command = { order_id, platform_id: 'shop', reason: 'late', request_id: 'r' };
    await insist(() => cancelOrder(engine, command));

    const stock = await harness.owner.selectFrom('stock').selectAll().execute();
    expect(stock.reduce((sum, lot) => sum + lot.reserved + lot.picked, 0)).toBe(0);
    console.info(`broken ${breaks} times where things go wrong`);
    expect(breaks).toBeGreaterThan(40);
  });
});
