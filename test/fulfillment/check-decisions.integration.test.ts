/** The independent checker stands between deciding and saving. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileNetwork } from '../../routing/index.ts';
import { acceptOrders } from '../../src/fulfillment/accept-orders.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import type { Engine } from '../../src/fulfillment/engine.ts';
import { anOrder } from '../builders/commands.ts';
import { type Harness, startHarness } from '../harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(async () => {
  await harness.close();
});

/** The engine with a compiled network that has other prices and capacities than its document. */
async function withWrongCompilation(): Promise<Engine> {
  const live = (await harness.engine.networks.current())!;
  const { document } = live;
  const warehouses = document.warehouses.map((row) => ({ ...row, handling_per_parcel: 12_345 }));
  const from_seconds = live.compiled.calendars.fromSeconds;
  const compiled = compileNetwork({ ...document, warehouses }, { from_seconds });
  const current = async () => ({ ...live, compiled });
  return { ...harness.engine, networks: { ...harness.engine.networks, current } };
}

describe('a decision that breaks a rule', () => {
  test('is not saved as one but becomes an exception that names the rule', async () => {
    await harness.stock({ quantity: 5 });
    await acceptOrders(harness.engine, [anOrder()]);

    await decideOrders(await withWrongCompilation());

    const order = await harness.owner.selectFrom('orders').selectAll().executeTakeFirstOrThrow();
    expect(order).toMatchObject({ state: 'unfillable', promise_at: null });
    expect(await harness.owner.selectFrom('shipments').selectAll().execute()).toEqual([]);
    const stock = await harness.owner.selectFrom('stock').selectAll().executeTakeFirstOrThrow();
    expect(stock).toMatchObject({ on_hand: 5, reserved: 0 });
    const [exception] = await harness.owner.selectFrom('exceptions').selectAll().execute();
    expect(exception).toMatchObject({ kind: 'unfillable', owner: 'operator', reason: 'unsound' });
    const { violations } = exception!.detail as { violations: { rule: string; detail: string }[] };
    const handling = violations.find(({ rule }) => rule === 'handling');
    expect(handling?.detail).toMatch(/^12355 charged where/);
  });

  test('leaves what it would have taken to the next order of the batch', async () => {
    await harness.stock({ quantity: 1 });
    await acceptOrders(harness.engine, [anOrder(), anOrder()]);
    await decideOrders(await withWrongCompilation());
    await acceptOrders(harness.engine, [anOrder()]);

    await decideOrders(harness.engine);

    const states = await harness.owner.selectFrom('orders').select('state').execute();
    expect(states.map(({ state }) => state).sort()).toEqual([
      'decided',
      'unfillable',
      'unfillable',
    ]);
  });
});
