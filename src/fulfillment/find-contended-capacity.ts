/**
 * Which capacity is contended, and the pricing task for it: orders expected are decided as they would
 * be today; slots (a service's or warehouse's day, a warehouse's hour) of which they would use most
 * are tight, and the ways around tight slots are what the linear programme chooses from. Everything
 * else has no price and is not looked at again.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Board,
  listWays,
  type Plan,
  type Prices,
  type Pricing,
  type PricingClass,
  priceOfPlan,
  type SlotName,
  type SourcedPlan,
  type SourcingOrder,
  usedOf,
} from '../../routing/index.ts';
import type { LiveNetwork } from './engine.ts';

/** An order that is expected, as of when it is expected to come. */
export interface ExpectedOrder {
  readonly order: SourcingOrder;
  /** How many orders it stands for. */
  readonly orders: number;
}

/** What contention is judged by. */
export interface CapacityLimits {
  /** Share of a slot's free room that would be used, from which it is tight. */
  readonly contended_share: number;
  readonly solver_work: number;
  readonly scenarios: number;
  readonly seed: number;
}

/** The task, with the slots that its resources stand for. */
export interface ContendedCapacity {
  readonly pricing: Pricing;
  readonly slots: readonly SlotName[];
}

/** Ways looked at per order. */
const MOST_WAYS = 12;
/** Ways around tight slots make other slots tight: so many times more are looked for. */
const MOST_ROUNDS = 3;
/** Weight of an expected class against the orders it was seen in, in orders. */
const PRIOR_ORDERS = 1;
/** Not to serve an order costs so many times its dearest way: a person has to look at it. */
const UNSERVED_FACTOR = 10;
/** Plans made after which others get a turn. */
const PLANS_PER_TURN = 16;

const keyOf = ({ resource, slot_seconds }: SlotName): string => `${slot_seconds} ${resource}`;

/** An expected order with the ways to serve it. */
interface Served extends ExpectedOrder {
  ways: readonly SourcedPlan[];
}

/** A slot with what is left of it. */
interface Slot extends SlotName {
  readonly free: number;
  /** Most that the orders expected would use of it. */
  wanted: number;
}

interface Look {
  readonly network: LiveNetwork;
  readonly board: Board;
  readonly prices: Prices;
  readonly limits: CapacityLimits;
  readonly tight: Map<string, Slot>;
}

async function lookFor(look: Look, orders: readonly Served[], most: number): Promise<void> {
  const { network, board, prices, limits, tight } = look;
  const isTight = (slot: SlotName) => tight.has(keyOf(slot));
  const of = { most, work: limits.solver_work, isTight };
  let plans = 0;
  for (const one of orders) {
    one.ways = listWays(network.compiled, board, one.order, of, prices);
    plans += one.ways.length + 1;
    if (plans < PLANS_PER_TURN) continue;
    plans = 0;
    await nextTurn();
  }
}

/** Amount of each slot that a plan uses. */
function usesOf(plan: SourcedPlan): Map<string, SlotName & { amount: number; limit: number }> {
  const uses = new Map<string, SlotName & { amount: number; limit: number }>();
  for (const slot of plan.parcels.flatMap(({ capacity }) => capacity)) {
    const key = keyOf(slot);
    const amount = (uses.get(key)?.amount ?? 0) + slot.amount;
    uses.set(key, { ...slot, amount });
  }
  return uses;
}

/** All slots that some way uses, with the most that the orders could want of each. */
function wantedSlots(board: Board, served: readonly Served[]): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  for (const { orders, ways } of served) {
    const most = new Map<string, number>();
    for (const use of ways.flatMap((plan) => [...usesOf(plan).values()])) {
      const key = keyOf(use);
      const { resource, slot_seconds, limit, amount } = use;
      if (!slots.has(key)) {
        const free = Math.max(0, limit - usedOf(board, resource, slot_seconds));
        slots.set(key, { resource, slot_seconds, free, wanted: 0 });
      }
      most.set(key, Math.max(most.get(key) ?? 0, amount));
    }
    for (const [key, amount] of most) slots.get(key)!.wanted += orders * amount;
  }
  return slots;
}

/** Adds the slots of which so much would be used, and returns those that are new. */
function addTight(look: Look, served: readonly Served[]): Map<string, Slot> {
  const added = new Map<string, Slot>();
  for (const [key, slot] of wantedSlots(look.board, served)) {
    if (slot.wanted < look.limits.contended_share * slot.free || look.tight.has(key)) continue;
    look.tight.set(key, slot);
    added.set(key, slot);
  }
  return added;
}

const touches = (tight: ReadonlyMap<string, Slot>, { ways }: Served): boolean =>
  ways.some((plan) => [...usesOf(plan).keys()].some((key) => tight.has(key)));

/** Ways as choices over tight slots: of those that use the same, the cheapest. */
function choicesOf(look: Look, { order, ways }: Served, rank: ReadonlyMap<string, number>): Plan[] {
  const choices = new Map<string, Plan>();
  for (const plan of ways) {
    const uses = [...usesOf(plan)].filter(([key]) => rank.has(key));
    const resources = uses.map(([key]) => rank.get(key)!);
    const amounts = uses.map(([, use]) => use.amount);
    const cost = plan.cost + priceOfPlan(plan, order, look.prices);
    const key = JSON.stringify([resources, amounts]);
    if (cost < (choices.get(key)?.cost ?? Number.POSITIVE_INFINITY)) {
      choices.set(key, { cost, resources, amounts });
    }
  }
  return [...choices.values()].sort((a, b) => a.cost - b.cost);
}

/** Orders with the same choices in the same order, about as far apart, are one class: its name. */
function classKey(choices: readonly Plan[], slots: readonly SlotName[]): string {
  const regret = choices.length > 1 ? choices[1]!.cost - choices[0]!.cost : 0;
  const uses = choices.map(({ resources, amounts }) => {
    return [resources.map((r) => keyOf(slots[r]!)), amounts];
  });
  return JSON.stringify([Math.round(Math.log2(1 + regret)), uses]);
}

interface Member {
  readonly orders: number;
  readonly choices: readonly Plan[];
}

/** One class of orders alike: costs are their means. */
function classOf(name: string, members: readonly Member[], group: number): PricingClass {
  const orders = members.reduce((sum, one) => sum + one.orders, 0);
  const mean = (of: (one: Member) => number) =>
    members.reduce((sum, one) => sum + one.orders * of(one), 0) / orders;
  const choices = members[0]!.choices.map((choice, i) => ({
    ...choice,
    cost: mean((one) => one.choices[i]!.cost),
  }));
  const unserved_cost = UNSERVED_FACTOR * Math.max(1, choices.at(-1)!.cost);
  return { name, choices, unserved_cost, forecast: orders, group };
}

/**
 * Finds what is contended; no classes if nothing is. Orders are decided at the prices given (of
 * stock), so that capacity is priced for what those leave over.
 * O(orders × ways × one decision), in turns.
 */
export async function findContendedCapacity(
  network: LiveNetwork,
  board: Board,
  expected: readonly ExpectedOrder[],
  prices: Prices,
  limits: CapacityLimits,
): Promise<ContendedCapacity> {
  const look: Look = { network, board, prices, limits, tight: new Map() };
  const served: Served[] = expected.map((one) => ({ ...one, ways: [] }));
  await lookFor(look, served, 1);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const added = addTight(look, served);
    if (added.size === 0) break;
    const touched = served.filter((one) => touches(added, one));
    await lookFor(look, touched, MOST_WAYS);
  }
  const slots = [...look.tight.values()];
  const rank = new Map(slots.map((slot, r) => [keyOf(slot), r]));
  const members = served
    .filter((one) => touches(look.tight, one))
    .map((one) => ({ orders: one.orders, choices: choicesOf(look, one, rank) }));
  const classes = [...Map.groupBy(members, ({ choices }) => classKey(choices, slots))];
  const seen = classes.map(([, alike]) => alike.length);
  const pricing: Pricing = {
    supply: slots.map(({ free }) => free),
    classes: classes.map(([name, alike], group) => classOf(name, alike, group)),
    shape: PRIOR_ORDERS,
    seen,
    forecast_seen: seen,
    scenarios: limits.scenarios,
    seed: limits.seed,
  };
  return { pricing, slots };
}
