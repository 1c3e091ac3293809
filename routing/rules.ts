/**
 * The rules of an order and its policy that may be lifted one at a time, to find out which of them
 * keeps a plan out: how many parcels, whether it leaves in one, what travels together, what must not,
 * how surely it is in time.
 */
import type { Board } from './board.ts';
import type { CompiledNetwork } from './network.ts';
import type { ParcelPlan, RuleName, SourcedPlan, SourcingOrder } from './types.ts';

/** Where an order is decided. */
export interface Scene {
  readonly network: CompiledNetwork;
  readonly board: Board;
  readonly order: SourcingOrder;
}

/** The rules that bind an order, narrowest first. O(lines). */
export function rulesOf({ network: { policy }, order }: Scene): RuleName[] {
  const rules: RuleName[] = [];
  if (order.ship_complete === true) rules.push('ship_complete');
  else rules.push('split_limit');
  if (order.lines.some((line) => line.keep_together !== undefined)) rules.push('keep_together');
  if ((policy.apart?.length ?? 0) > 0) rules.push('apart');
  if (policy.on_time_confidence !== undefined && order.deliver_by_seconds !== undefined) {
    rules.push('on_time_confidence');
  }
  return rules;
}

/** As many parcels as there are units to send. */
const parcelsPossible = ({ lines }: SourcingOrder): number =>
  lines.reduce((units, line) => units + line.quantity, 0);

/** Least probability that is still told apart from none. */
const HARDLY = 1e-12;

/**
 * The scene without a rule; in time is then whatever may be in time at all, however unlikely. O(lines),
 * of `apart` O(SKUs).
 */
export function without(rule: RuleName, { network, board, order }: Scene): Scene {
  const at = (changed: CompiledNetwork, as: SourcingOrder): Scene => ({
    network: changed,
    board: { ...board, network: changed },
    order: as,
  });
  const policy = (change: Partial<CompiledNetwork['policy']>) =>
    at({ ...network, policy: { ...network.policy, ...change } }, order);
  switch (rule) {
    case 'ship_complete':
    case 'split_limit': {
      const { ship_complete: _, split_limit: __, ...free } = order;
      const split_limit = parcelsPossible(order);
      return at({ ...network, policy: { ...network.policy, split_limit } }, free);
    }
    case 'keep_together':
      return at(network, {
        ...order,
        lines: order.lines.map(({ keep_together: _, ...line }) => line),
      });
    case 'apart': {
      const { skus } = network;
      return at({ ...network, skus: { ...skus, shuns: new Int32Array(skus.shuns.length) } }, order);
    }
    case 'on_time_confidence':
      return policy({ on_time_confidence: HARDLY });
  }
}

/** What a rule allows of an order: parcels, or a probability. O(1). */
export function limitOf(rule: RuleName, { network: { policy }, order }: Scene): number {
  switch (rule) {
    case 'split_limit':
      return Math.max(1, Math.min(policy.split_limit, order.split_limit ?? policy.split_limit));
    case 'on_time_confidence':
      return policy.on_time_confidence ?? 0;
    case 'apart':
      return 0;
    default:
      return 1;
  }
}

const holds = ({ takes }: ParcelPlan, lineNo: number): boolean =>
  takes.some(({ line_no }) => line_no === lineNo);

/** Most parcels that any group of the order leaves in. */
function mostHomes({ lines }: SourcingOrder, { parcels }: SourcedPlan): number {
  const groups = Map.groupBy(lines, (line) => line.keep_together);
  groups.delete(undefined);
  return [...groups.values()].reduce((most, group) => {
    const homes = parcels.filter((parcel) => group.some(({ line_no }) => holds(parcel, line_no)));
    return Math.max(most, homes.length);
  }, 0);
}

/** Parcels with goods in them that the policy keeps apart. */
function mixed({ network, order }: Scene, { parcels }: SourcedPlan): number {
  const { shuns, traits, indexOf } = network.skus;
  return parcels.filter((parcel) => {
    const inside = order.lines.filter(({ line_no }) => holds(parcel, line_no));
    const skus = [...new Set(inside.map(({ sku_id }) => indexOf.get(sku_id)!))];
    return skus.some((a) => skus.some((b) => a !== b && (shuns[a]! & traits[b]!) !== 0));
  }).length;
}

/**
 * What a plan made without a rule does against it. In the unit of {@link limitOf}.
 * O(parcels × (lines × takes + SKUs²)).
 */
export function gotOf(rule: RuleName, scene: Scene, plan: SourcedPlan): number {
  switch (rule) {
    case 'keep_together':
      return mostHomes(scene.order, plan);
    case 'apart':
      return mixed(scene, plan);
    case 'on_time_confidence':
      return plan.parcels.reduce((all, parcel) => all * (parcel.on_time_probability ?? 1), 1);
    default:
      return plan.parcels.length;
  }
}
