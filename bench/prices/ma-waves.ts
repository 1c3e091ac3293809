/**
 * Release in waves: orders are decided greedily as they come, wait in a window, and the oldest leave
 * when it is full; before each wave the window may be decided again.
 */
import {
  choosePlan,
  givePlan,
  type HeldOrder,
  type PlanProgramme,
  redecide,
  takePlan,
} from '../../routing/index.ts';
import type { MaClasses } from './ma-classes.ts';
import type { MaInstance } from './ma-instance.ts';
import type { MaGame } from './ma-play.ts';

/** How orders wait. */
export interface Waves {
  /** Orders that wait at most. */
  readonly window: number;
  /** Orders between two waves. */
  readonly every: number;
  readonly saving_least: number;
}

/** What left: cost, and shipments beyond one per order. */
export interface Released {
  readonly cost: number;
  readonly extra_shipments: number;
}

/** Shipments of a plan: centres used, and one more for what nobody serves. */
function shipmentsOf(instance: MaInstance, classes: MaClasses, { orderClass, plan }: HeldOrder) {
  const centres = new Set(plan.resources.map((r) => Math.floor(r / instance.items)));
  const items = instance.types[classes.type[orderClass]!]!.length;
  return centres.size + (plan.resources.length < items ? 1 : 0);
}

/** Plays a game in waves; without a programme nothing is decided again. */
export function playWaves(
  instance: MaInstance,
  classes: MaClasses,
  { oracle, stock, arrivals }: MaGame,
  waves: Waves,
  programme: PlanProgramme | null,
): Released {
  const free = Float64Array.from(stock);
  let held: HeldOrder[] = [];
  let cost = 0;
  let extra_shipments = 0;
  const decideAgain = () => {
    if (programme === null) return;
    const { plans } = redecide(programme, oracle, held, free, waves);
    for (const { plan } of held) givePlan(free, plan);
    held = held.map((order, i) => ({ ...order, plan: plans[i]! }));
    for (const { plan } of held) takePlan(free, plan);
  };
  const release = (count: number) => {
    for (const order of held.splice(0, count)) {
      cost += order.plan.cost;
      extra_shipments += shipmentsOf(instance, classes, order) - 1;
    }
  };
  let came = 0;
  for (const orderClass of arrivals) {
    if (orderClass < 0) continue;
    const plan = choosePlan(oracle, orderClass, undefined, free);
    takePlan(free, plan);
    held.push({ orderClass, plan });
    if (++came % waves.every !== 0) continue;
    decideAgain();
    release(Math.max(0, held.length - waves.window));
  }
  decideAgain();
  release(held.length);
  return { cost, extra_shipments };
}
