/** The past of the control tower: worked out later, it is what was there at the time. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTransaction } from '../../db/database.ts';
import { listRiskChanges } from '../../db/tower-history.ts';
import { type Bucket, openHistory, rebuildRisks } from '../../src/api/tower/history.ts';
import { loadTowerState } from '../../src/api/tower/load-state.ts';
import { AT_RISK_SHARE } from '../../src/domain/milestones.ts';
import { type Api, orderBody, startApi } from './api-harness.ts';

const WIDTH = 900;

let api: Api;
beforeEach(async () => {
  api = await startApi();
  await api.stock({ quantity: 10 });
});
afterEach(() => api.close());

async function acceptAll(): Promise<void> {
  const offers = await api.owner
    .selectFrom('assignments')
    .select(['assignment_id', 'carrier_id'])
    .where('state', '=', 'offered')
    .execute();
  for (const { assignment_id, carrier_id } of offers) {
    const ask = { as: carrier_id as 'swift', body: { fencing_token: 1 } };
    await api.ask(`POST /v1/assignments/${assignment_id}/accept`, ask);
  }
}

const seconds = (instant: Temporal.Instant) => instant.epochMilliseconds / 1000;
const goTo = async (at: number) => {
  api.clock.set(Temporal.Instant.fromEpochMilliseconds(at * 1000));
  await api.settle();
};

describe('parcels at risk and broken', () => {
  test('are counted for the past as they were counted at the time', async () => {
    for (const ref of ['in-time', 'late', 'never']) {
      const answer = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody(ref) });
      expect(answer.status, answer.text).toBe(201);
    }
    await api.settle();
    await acceptAll();
    const parcels = await api.owner
      .selectFrom('shipments')
      .select(['shipment_id', 'carrier_id', 'milestone_due'])
      .orderBy('shipment_id')
      .execute();
    const promise = seconds(parcels[0]!.milestone_due.at(-1)!);
    // One comes before its promise, one half an hour after it, one does not come.
    const ends = [promise - 5 * WIDTH, promise + 2 * WIDTH].map((at) => at - (at % WIDTH));
    const ended: { shipment_id: string; ended_seconds: number }[] = [];
    const seen = new Map<number, { at_risk: number; breached: number }>();
    const start = seconds(api.clock.now());
    const first = start - (start % WIDTH) + WIDTH;

    for (let at = first; at <= promise + 6 * WIDTH; at += WIDTH) {
      for (const [i, end] of ends.entries()) {
        if (end !== at) continue;
        // In the middle of the bucket, so that its end shows it.
        await goTo(at - WIDTH / 2);
        const { shipment_id, carrier_id } = parcels[i]!;
        const occurred_at = api.clock.now().toString();
        const event = { event_id: `e-${i}`, shipment_id, status: 'delivered', occurred_at };
        const told = { as: carrier_id as 'swift', body: [event] };
        expect((await api.ask('POST /v1/tracking-events', told)).body).toMatchObject({
          applied: 1,
        });
        ended.push({ shipment_id, ended_seconds: seconds(api.clock.now()) });
      }
      await goTo(at);
      const { at_risk, breached } = (await loadTowerState(api.engine, 0)).board.all;
      seen.set(at - WIDTH, { at_risk, breached });
    }

    const history = openHistory(WIDTH, seconds(api.clock.now()));
    const buckets: readonly Bucket[] = history.until(seconds(api.clock.now()));
    const changes = await inTransaction(api.database, (tx) =>
      listRiskChanges(tx, {
        ended,
        bucket_seconds: WIDTH,
        first_bucket: buckets[0]!.start_seconds / WIDTH,
        at_risk_share: AT_RISK_SHARE,
      }),
    );
    rebuildRisks(buckets, changes, first);

    const told = new Map(buckets.map((one) => [one.start_seconds, one.levels]));
    const levels = [...seen].filter(([at]) => at >= first && told.get(at)?.at_risk != null);
    expect(levels.length).toBeGreaterThan(50);
    expect(new Set(levels.map(([, level]) => level.at_risk))).toEqual(new Set([0, 2, 3]));
    expect(new Set(levels.map(([, level]) => level.breached))).toEqual(new Set([0, 1, 2]));
    for (const [at, level] of levels) expect(told.get(at), String(at)).toMatchObject(level);
  });

  test('show to the first viewer, who comes when all is over', async () => {
    const answer = await api.ask('POST /v1/orders', { as: 'shop', body: orderBody('broken') });
    expect(answer.status, answer.text).toBe(201);
    await api.settle();
    await acceptAll();
    const { milestone_due } = await api.owner
      .selectFrom('shipments')
      .select('milestone_due')
      .executeTakeFirstOrThrow();
    await goTo(seconds(milestone_due.at(-1)!) + 600);

    const { history } = (await api.ask('GET /v1/tower/figures', { as: '*' })).body;

    // Half an hour of it: at first it was at risk, then broken, and then somebody looked.
    expect(history.at_risk[0]).toBe(1);
    expect(history.breached[0]).toBe(0);
    expect(history.at_risk.at(-2)).toBe(0);
    expect(history.breached.at(-2)).toBe(1);
  });
});
