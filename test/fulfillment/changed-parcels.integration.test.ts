/** What a parcel becomes when things go otherwise: sent after all, numbered anew, lighter. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asParty } from '../../db/database.ts';
import { findOrderPage } from '../../db/order-pages.ts';
import { cancelOrder } from '../../src/fulfillment/cancel-order.ts';
import { decideOrders } from '../../src/fulfillment/decide-orders.ts';
import { explainDecision } from '../../src/fulfillment/explain-decision.ts';
import { aLine, anOrder, lines } from '../builders/commands.ts';
import { aNetwork } from '../builders/network.ts';
import { type Harness, startHarness } from '../harness.ts';
import {
  balances,
  decided,
  openExceptions,
  postWork,
  released,
  shipments,
  story,
  theShipment,
  work,
} from './placed-orders.ts';

/** What a parcel is and takes. */
interface Parcel {
  readonly shipment_id: string;
  readonly weight_grams: number;
  readonly capacity: readonly { readonly resource: string; readonly amount: number }[];
}

let harness: Harness;
beforeEach(async () => {
  const { warehouses } = aNetwork();
  const network = aNetwork({ warehouses: warehouses.map((w) => ({ ...w, picks_per_hour: 100 })) });
  harness = await startHarness({ network });
  await harness.stock({ quantity: 20 }, { sku_id: 'book', quantity: 20 });
});
afterEach(async () => {
  await harness.close();
});

const threeMugs = () => anOrder({ lines: [aLine({ quantity: 3 })] });

describe('goods that leave after the cancellation', () => {
  const cancel = (order_id: string) =>
    cancelOrder(harness.engine, { platform_id: null, order_id, reason: 'test', request_id: 'r' });
  const exceptionDetail = async () => {
    const row = await harness.owner.selectFrom('exceptions').selectAll().executeTakeFirstOrThrow();
    return row.detail;
  };

  test('leave the books too, once, however often it is said', async () => {
    const [shipment] = await released(harness, threeMugs());
    await cancel(shipment!.order_id);
    expect(await balances(harness)).toMatchObject({ on_hand: 20, reserved: 0 });

    const event = work(harness, shipment!.shipment_id, 'handed_over');
    await postWork(harness, event, event);
    await postWork(harness, work(harness, shipment!.shipment_id, 'handed_over'));

    expect(await balances(harness)).toMatchObject({ on_hand: 17, reserved: 0, picked: 0 });
    expect((await theShipment(harness)).state).toBe('cancelled');
    expect(await openExceptions(harness)).toEqual(['left_after_cancel warehouse:rotterdam']);
    expect(await exceptionDetail()).toMatchObject({
      written_off: [{ line_no: 1, sku_id: 'mug', quantity: 3 }],
      promised_to_others: [],
    });
  });

  test('take nothing from what others were promised meanwhile, and say what is gone of it', async () => {
    const [shipment] = await released(harness, threeMugs());
    await cancel(shipment!.order_id);
    await decided(harness, anOrder({ lines: lines(['mug', 19]) }));

    await postWork(harness, work(harness, shipment!.shipment_id, 'handed_over'));

    expect(await balances(harness)).toMatchObject({ on_hand: 19, reserved: 19 });
    expect(await exceptionDetail()).toMatchObject({
      written_off: [{ line_no: 1, quantity: 1 }],
      promised_to_others: [{ line_no: 1, quantity: 2 }],
    });
  });
});

describe('the tracking number', () => {
  test('stays on the shipment, told last counts, also when nothing else is new', async () => {
    const [shipment] = await released(harness, threeMugs());
    const id = shipment!.shipment_id;

    await postWork(harness, work(harness, id, 'handed_over', { tracking_number: 'T-1' }));
    expect((await theShipment(harness)).tracking_number).toBe('T-1');
    const late = work(harness, id, 'packed', { tracking_number: 'T-2' });
    await postWork(harness, late, late);

    expect((await theShipment(harness)).tracking_number).toBe('T-2');
    expect((await story(harness, id)).slice(2)).toEqual([
      'shipment.handed_over',
      'shipment.tracked',
    ]);
    const page = await asParty(harness.database, { role: 'platform', party_id: 'shop' }, (tx) =>
      findOrderPage(tx, shipment!.order_id),
    );
    expect(page?.shipments[0]?.tracking_number).toBe('T-2');
  });
});

describe('a short pick', () => {
  test('bars the SKU that was not found, not its warehouse', async () => {
    const [shipment] = await released(harness, anOrder({ lines: lines(['mug', 2], ['book', 2]) }));
    const missing = [
      { line_no: 1, picked: 0 },
      { line_no: 2, picked: 1 },
    ];
    await harness.stock({ warehouse_id: 'warsaw', quantity: 9 });
    const event = work(harness, shipment!.shipment_id, 'short_picked', { lines: missing });
    await postWork(harness, event);
    const order_id = shipment!.order_id;
    // An operator found the book after all: it may come from Rotterdam, the mugs may not.
    await harness.owner
      .updateTable('orders')
      .set({ excluded_stock: JSON.stringify([{ warehouse_id: 'rotterdam', sku_id: 'mug' }]) })
      .where('order_id', '=', order_id)
      .execute();
    await decideOrders(harness.engine);

    const anew = (await shipments(harness, order_id)).filter((row) => row.decision_no === 2);
    expect(anew.map((row) => row.warehouse_id).toSorted()).toEqual(['rotterdam', 'warsaw']);
    const who = { role: 'platform', party_id: 'shop' };
    expect(await explainDecision(harness.engine, who, order_id)).toMatchObject({ replayed: true });
  });

  test('leaves a lighter parcel that takes fewer picks, measured or by the SKU', async () => {
    const measured = anOrder({
      lines: [
        aLine({ quantity: 3, weight_grams: 3000 }),
        aLine({ line_no: 2, sku_id: 'book', quantity: 2 }),
      ],
    });
    const [shipment] = await released(harness, measured);
    const before = shipment as unknown as Parcel;
    const picks = ({ capacity }: Parcel) =>
      capacity.find(({ resource }) => resource === 'picks/rotterdam')?.amount;
    expect(picks(before)).toBe(5);

    const lines = [{ line_no: 1, picked: 1 }];
    await postWork(harness, work(harness, before.shipment_id, 'short_picked', { lines }));

    const after = (await theShipment(harness)) as unknown as Parcel;
    expect(after.weight_grams).toBeCloseTo(before.weight_grams - 2000, 6);
    expect(picks(after)).toBe(3);
    expect(after.capacity.filter((slot) => !slot.resource.startsWith('picks/'))).toEqual(
      before.capacity.filter((slot) => !slot.resource.startsWith('picks/')),
    );
  });
});
