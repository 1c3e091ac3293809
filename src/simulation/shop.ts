/** A shop: asks for promises, posts orders, cancels some, and looks how they get on. */
import type { Wish } from './demand.ts';
import type { Party } from './http-party.ts';
import type { AcceptedOrder, OrderPage, OrderSeen, QuoteSeen } from './protocol.ts';
import { planOrder, type ShopPlan } from './shop-plan.ts';
import { sideBySide } from './side-by-side.ts';
import { type Stage, textOf } from './stage.ts';

/** Everything is well, or everything is over. */
const OPEN_STATES = ['accepted', 'backordered', 'decided', 'unfillable', 'shipped'] as const;
const ENDED = new Set(['delivered', 'cancelled', 'failed']);
/** How often (ms of the machine, at full speed) a shop looks at its open orders. */
const LOOK_MS = 1_500;
const LIST_ITEMS = 500;

/** How the orders of a shop stand. */
export interface Standing {
  /** Orders that are not over, by state as last seen. */
  readonly open: ReadonlyMap<string, number>;
  /** Orders that are over, by how they ended. */
  readonly ended: ReadonlyMap<string, number>;
  readonly posted: number;
}

export interface Shop {
  /** Places an order now, or asks for a promise first and orders then. */
  order(wish: Wish): Promise<void>;
  standing(): Standing;
}

interface OpenOrder {
  readonly posted_at: number;
  readonly plan: ShopPlan;
  state: string;
  isGivenUp: boolean;
}

/** Starts a shop; it works until the simulation ends. */
export function startShop(stage: Stage, party: Party): Shop {
  const { schedule, seed } = stage;
  const open = new Map<string, OpenOrder>();
  const ended = new Map<string, number>();
  let posted = 0;
  const cancel = async (order_id: string, reason: string) => {
    const body = { reason };
    const path = `/v1/orders/${order_id}/cancel`;
    const { status } = await party.send('POST', path, { body, refusals: [409] });
    stage.note(status === 200 ? 'orders cancelled' : 'cancellations that came too late');
  };
  const enter = ({ order_id }: AcceptedOrder, plan: ShopPlan) => {
    const posted_at = schedule.now();
    open.set(order_id, { posted_at, plan, state: 'accepted', isGivenUp: false });
    posted += 1;
    if (plan.cancel_after_seconds === null) return;
    schedule.at(posted_at + plan.cancel_after_seconds * 1000, () =>
      stage.inTurn(() => cancel(order_id, 'the buyer changed their mind')),
    );
  };
  const place = (wish: Wish, plan: ShopPlan) => {
    const purchase = purchaseOf(stage, wish);
    if (plan.quote === null) return buy(party, purchase).then((order) => enter(order, plan));
    return askFirst(stage, party, purchase, plan.quote, (order) => enter(order, plan));
  };
  schedule.every(LOOK_MS, lookAtAll(stage, party, { open, ended, cancel }));
  return {
    order: (wish) => stage.inTurn(() => place(wish, planOrder(seed, wish))),
    standing: () => {
      const states = Map.groupBy(open.values(), (order) => order.state);
      const counts = [...states].map(([state, orders]) => [state, orders.length] as const);
      return { open: new Map(counts), ended, posted };
    },
  };
}

/** What a buyer wants, as it is posted. */
interface Purchase {
  readonly basket: object;
  readonly order: object;
}

function purchaseOf({ schedule }: Stage, wish: Wish): Purchase {
  const { platform_id: _own, wanted_within_hours, external_ref, ...rest } = wish;
  const wanted_ms = (wanted_within_hours ?? 0) * 3_600_000;
  const basket =
    wanted_within_hours === null
      ? rest
      : { ...rest, deliver_by: textOf(schedule.now() + wanted_ms) };
  return { basket, order: { external_ref, ...basket } };
}

async function buy(party: Party, { order }: Purchase): Promise<AcceptedOrder> {
  return (await party.send<AcceptedOrder>('POST', '/v1/orders', { body: order })).body;
}

/** Asks for dates; when the buyer has thought, orders by one of them. */
async function askFirst(
  { schedule, note, inTurn }: Stage,
  party: Party,
  purchase: Purchase,
  quote: NonNullable<ShopPlan['quote']>,
  onOrdered: (order: AcceptedOrder) => void,
): Promise<void> {
  const path = '/v1/promises/quote';
  const { options } = (await party.send<QuoteSeen>('POST', path, { body: purchase.basket })).body;
  note(options.length > 0 ? 'quotes' : 'quotes without a date');
  const taken = options.find((option) => option.label === quote.label) ?? options[0];
  const order = async () => onOrdered(await buyAt(note, party, purchase, taken?.token));
  schedule.at(schedule.now() + quote.after_seconds * 1000, () => inTurn(order));
}

async function buyAt(
  note: Stage['note'],
  party: Party,
  purchase: Purchase,
  quote_token: string | undefined,
): Promise<AcceptedOrder> {
  if (quote_token !== undefined) {
    const body = { ...purchase.order, quote_token };
    const refusals = [409, 422];
    const answer = await party.send<AcceptedOrder>('POST', '/v1/orders', { body, refusals });
    if (answer.status < 300) return answer.body;
    note('quotes that had expired');
  }
  return await buy(party, purchase);
}

/** Looks at every open order. */
function lookAtAll(
  { schedule, inTurn }: Stage,
  party: Party,
  shop: {
    open: Map<string, OpenOrder>;
    ended: Map<string, number>;
    cancel: (order_id: string, reason: string) => Promise<void>;
  },
): () => Promise<void> {
  return async () => {
    if (shop.open.size === 0) return;
    const missing = new Set(shop.open.keys());
    for (const state of OPEN_STATES) {
      for (const { order_id } of await listOrders(party, state)) {
        const order = shop.open.get(order_id);
        if (order === undefined) continue;
        order.state = state;
        missing.delete(order_id);
      }
    }
    // What was on none of the lists is over, or was just on its way from one to another.
    await sideBySide([...missing], async (order_id) => {
      const state = await readState(party, order_id);
      shop.open.get(order_id)!.state = state;
      if (!ENDED.has(state)) return;
      shop.open.delete(order_id);
      shop.ended.set(state, (shop.ended.get(state) ?? 0) + 1);
    });
    for (const [order_id, order] of shop.open) {
      const waited_ms = schedule.now() - order.posted_at;
      const isPatient = waited_ms < order.plan.patience_seconds * 1000;
      if (order.state !== 'backordered' || order.isGivenUp || isPatient) continue;
      order.isGivenUp = true;
      await inTurn(() => shop.cancel(order_id, 'the buyer does not wait any longer'));
    }
  };
}

async function listOrders(party: Party, state: string): Promise<OrderPage['orders'][number][]> {
  const orders: OrderPage['orders'][number][] = [];
  for (let cursor = ''; ; ) {
    const path = `/v1/orders?state=${state}&limit=${LIST_ITEMS}${cursor}`;
    const { body } = await party.send<OrderPage>('GET', path);
    orders.push(...body.orders);
    if (body.next_cursor === null) return orders;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

async function readState(party: Party, order_id: string): Promise<string> {
  return (await party.send<OrderSeen>('GET', `/v1/orders/${order_id}`)).body.state;
}
