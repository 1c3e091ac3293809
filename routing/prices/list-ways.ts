/** The ways in which one order could be served where some slots are tight: by the order solver. */
import { type Board, giveBack, take } from '../board.ts';
import type { CompiledNetwork } from '../network.ts';
import type { CapacityTake, SourcedPlan, SourcingOrder } from '../types.ts';
import { sourceAtPrices } from './priced-source.ts';
import type { Prices } from './resource-prices.ts';

/** A slot of a resource, as `CapacityUse` names them. */
export type SlotName = Pick<CapacityTake, 'resource' | 'slot_seconds'>;

/** How far to look. */
export interface WayLimits {
  /** Ways found, after which no more are looked for. */
  readonly most: number;
  /** Work of one solve. */
  readonly work: number;
  /** Slots to do without in turn. */
  readonly isTight: (slot: SlotName) => boolean;
}

/** Names a set of slots, in whatever order they came about. */
const nameOf = (slots: readonly CapacityTake[]): string =>
  JSON.stringify(slots.map(({ resource, slot_seconds }) => `${slot_seconds} ${resource}`).sort());

/** Tight slots of a plan, each once, with all that is left of them to be taken away. */
function tightSlots({ parcels }: SourcedPlan, { isTight }: WayLimits): CapacityTake[] {
  const slots = new Map<string, CapacityTake>();
  for (const slot of parcels.flatMap(({ capacity }) => capacity)) {
    // Its whole limit, whatever of it is used: what is over-used has no room either.
    if (isTight(slot)) slots.set(nameOf([slot]), { ...slot, amount: slot.limit });
  }
  return [...slots.values()];
}

/**
 * Plans of an order, the cheapest first found: the solver is asked again without each tight slot of
 * every plan that it gives, so that for any prices of tight slots the best plan that avoids a set of
 * them is among the ways, up to `most`. Decided at the given prices (of stock). The board stays as
 * it is. Empty if the order cannot be sourced. O(most × tight slots of a plan × one decision)
 */
export function listWays(
  network: CompiledNetwork,
  board: Board,
  order: SourcingOrder,
  limits: WayLimits,
  prices?: Prices,
): SourcedPlan[] {
  const ways = new Map<string, SourcedPlan>();
  const open: (readonly CapacityTake[])[] = [[]];
  const seen = new Set<string>();
  for (let i = 0; i < open.length && ways.size < limits.most; i++) {
    const without = { parcels: [{ takes: [], capacity: open[i]! }] };
    take(board, without);
    const plan = sourceAtPrices(network, board, order, { work: limits.work }, prices);
    giveBack(board, without);
    if (plan.outcome === 'unsourced') continue;
    const name = JSON.stringify(plan.parcels);
    if (!ways.has(name)) ways.set(name, plan);
    for (const slot of tightSlots(plan, limits)) {
      const next = [...open[i]!, slot];
      const key = nameOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return [...ways.values()];
}
