/** The last line of a demo says what the rows say. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { inTransaction } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { recreateDatabase } from '../../db/recreate-database.ts';
import { readRunSummary } from '../../db/run-summary.ts';
import { readOutcome } from '../../src/commands/demo-outcome.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { watchMilestones } from '../../src/fulfillment/watch-milestones.ts';
import { anOrder } from '../builders/commands.ts';
import {
  answerAll,
  decided,
  postReports,
  postWork,
  report,
  shipments,
  work,
} from '../fulfillment/placed-orders.ts';
import { type Harness, startHarness } from '../harness.ts';
import { databaseUrl, query } from '../postgres.ts';

describe('the summary of a run', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(async () => {
    await harness.close();
  });

  it('is all zeros before anything has happened', async () => {
    const summary = await inTransaction(harness.database, readRunSummary);

    expect(summary).toMatchObject({ orders: 0, delivered: 0, breached: 0, decision_p50_ms: null });
  });

  it('counts every order once, by how it ended, and tells on time from late', async () => {
    await harness.stock({ quantity: 4 });
    const refs = ['in-time', 'late', 'lost', 'cancelled', 'waiting'];
    const orders = refs.map((external_ref) => anOrder({ external_ref }));
    const ids = await decided(harness, ...orders);
    const order = new Map(refs.map((ref, at) => [ref, ids[at]!]));
    await cancelOrder(harness.engine, {
      ...{ platform_id: null, order_id: order.get('cancelled')!, reason: 'no', request_id: 'r' },
    });
    await answerAll(harness, 'accept');
    const parcelOf = async (ref: string) => (await shipments(harness, order.get(ref)!))[0]!;
    for (const ref of ['in-time', 'late', 'lost']) {
      await postWork(harness, work(harness, (await parcelOf(ref)).shipment_id, 'handed_over'));
    }
    await postReports(
      harness,
      report(harness, (await parcelOf('in-time')).shipment_id, 'delivered'),
      report(harness, (await parcelOf('lost')).shipment_id, 'lost'),
    );
    harness.clock.advance(30 * 86_400);
    await postReports(harness, report(harness, (await parcelOf('late')).shipment_id, 'delivered'));
    await watchMilestones(harness.engine);

    const summary = await inTransaction(harness.database, readRunSummary);

    expect(summary).toMatchObject({
      ...{ orders: 5, decided: 4, backordered: 1, cancelled: 1, delivered: 2, failed: 1 },
      ...{ on_time: 1, breached: 2, deadline_missed: 0, shipments: 3, split: 0 },
      decision_p50_ms: 0,
    });

    const told: string[] = [];
    const { line, is_good } = await readOutcome(harness.engine, {
      write: (text) => told.push(text),
    });

    // One order still waits: a run that ends so has not accounted for all.
    expect(is_good).toBe(false);
    expect(line).toMatchObject({ orders: 5, delivered: 2, on_time: 1, audit: 'clean' });
    expect(Object.keys(line)).toEqual([
      ...['orders', 'decided', 'backordered', 'cancelled', 'delivered', 'on_time', 'breached'],
      ...['decision_p50_ms', 'decision_p99_ms', 'deadline_missed', 'audit'],
    ]);
    expect(told.join('')).toContain('2 delivered, 50.0 % of these by the promise');
  });
});

describe('a database that is thrown away', () => {
  it('is empty again, whoever is connected to it', async () => {
    const name = `portolan_thrown_${randomBytes(4).toString('hex')}`;
    const url = databaseUrl(inject('admin_url'), name);
    await recreateDatabase(url);
    try {
      await migrate(url);
      const open = query(url, 'select pg_sleep(60)').catch((error) => error);
      await recreateDatabase(url);

      expect(await open).toBeInstanceOf(Error);
      const tables = await query(url, 'select 1 from pg_tables where schemaname = $1', ['public']);
      expect(tables.rows).toEqual([]);
    } finally {
      await query(inject('admin_url'), `drop database if exists ${name} with (force)`);
    }
  });
});
