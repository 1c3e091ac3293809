/** Watching: every deadline is found once, by any number of watchers, whatever was restarted. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchMilestones } from '../../src/fulfillment/watch-milestones.ts';
import { anOrder, lines } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  answerAll,
  decided,
  openExceptions,
  postReports,
  postWork,
  released,
  report,
  shipments,
  story,
  theOrder,
  theShipment,
  work,
} from './placed-orders.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  await harness.stock({ quantity: 60 });
});
afterEach(async () => {
  await harness.close();
});

async function watchAll(): Promise<void> {
  while ((await watchMilestones(harness.engine)).more);
}

async function milestones(type: 'milestone.at_risk' | 'milestone.breached'): Promise<string[]> {
  const rows = await harness.owner
    .selectFrom('journal')
    .select('data')
    .where('type', '=', type)
    .orderBy('seq')
    .execute();
  return rows.map((row) => (row.data as { milestone: string }).milestone);
}

describe('watching milestones', () => {
  test('warns before a deadline and finds its breach, each once', async () => {
    await released(harness);
    const { milestone_due } = await theShipment(harness);
    const pick = milestone_due[1]!;
    harness.clock.set(pick.subtract({ seconds: 1 }));
    await watchAll();
    await watchAll();
    const warned = await milestones('milestone.at_risk');
    harness.clock.set(pick.add({ milliseconds: 1 }));
    await watchAll();
    await watchAll();

    expect(warned).toEqual(['pick']);
    expect(await milestones('milestone.breached')).toEqual(['pick']);
    expect(await watchMilestones(harness.engine)).toEqual({ done: 0, more: false });
  });

  test('tells of a broken promise once per order, and opens an exception with an owner', async () => {
    await harness.stock({ sku_id: 'book', warehouse_id: 'warsaw', quantity: 5 });
    await released(harness, anOrder({ lines: lines(['mug', 1], ['book', 1]) }));
    harness.clock.advance(30 * 86_400);

    await Promise.all([watchAll(), watchAll(), watchAll()]);
    await watchAll();

    const order = await theOrder(harness);
    const told = await story(harness, order.order_id);
    expect(told.filter((type) => type === 'order.promise_breached')).toHaveLength(1);
    expect((await openExceptions(harness)).sort()).toEqual([
      'late_delivery warehouse:rotterdam',
      'late_delivery warehouse:warsaw',
    ]);
    const breached = await milestones('milestone.breached');
    expect(breached).toHaveLength(12);
    expect((await shipments(harness)).map((s) => s.next_due_at)).toEqual([null, null]);
  });

  test('knows by how much a deadline was missed that was met late', async () => {
    const [shipment] = await released(harness);
    const id = shipment!.shipment_id;
    const late = shipment!.promise_at.add({ hours: 2 });
    harness.clock.set(late);
    await postReports(harness, report(harness, id, 'delivered'));

    await watchAll();

    const after = await theShipment(harness);
    expect(after.milestone_state[6]).toBe('breached');
    expect(after.milestone_met[6]!.equals(late)).toBe(true);
    expect(after.next_due_at).toBeNull();
    expect(await openExceptions(harness)).toEqual([]);
    expect(await story(harness, after.order_id)).toContain('order.promise_breached');
  });

  test('finds nothing late that was in time, however late it was told', async () => {
    const [shipment] = await released(harness);
    const { shipment_id, milestone_due } = shipment!;
    const intime = milestone_due.map((due) => due.subtract({ minutes: 1 }));
    harness.clock.set(milestone_due[4]!.subtract({ minutes: 1 }));
    const kinds = ['handed_over', 'packed', 'picked'] as const;
    for (const [i, kind] of kinds.entries()) {
      await postWork(harness, work(harness, shipment_id, kind, { occurred_at: intime[3 - i]! }));
    }
    await watchAll();

    expect(await milestones('milestone.breached')).toEqual([]);
  });

  test('leaves shipments without a carrier to the tender step', async () => {
    await decided(harness);
    await answerAll(harness, 'reject');

    expect(await watchMilestones(harness.engine)).toEqual({ done: 0, more: false });
  });

  test('takes a large backlog batch by batch, in parallel, each shipment once', async () => {
    await released(harness, ...Array.from({ length: 20 }, () => anOrder()));
    harness.clock.advance(30 * 86_400);
    const small = {
      ...harness.engine,
      config: { ...harness.engine.config, watch_batch_shipments: 3 },
    };
    const watcher = async () => {
      while ((await watchMilestones(small)).more);
    };

    await Promise.all([watcher(), watcher(), watcher()]);
    await watcher();

    expect(await milestones('milestone.breached')).toHaveLength(20 * 6);
  });
});
