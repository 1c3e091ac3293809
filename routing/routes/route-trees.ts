/**
 * Trees of earliest arrivals from many hubs, kept up to date: a disruption works out anew only the trees
 * that it touches.
 */
import { type ArrivalTree, earliestArrivals, NEVER } from './connection-scan.ts';
import {
  ARRIVES,
  cancelConnection,
  DEPARTS,
  delayConnection,
  fromHub,
  placeOf,
  RIDE,
  type Timetable,
  toHub,
} from './timetable.ts';

/** Something that does not go as planned. Instants in epoch seconds, `until` excluded. */
export type Disruption =
  | { readonly kind: 'cancelled'; readonly connection: number }
  | { readonly kind: 'delayed'; readonly connection: number; readonly seconds: number }
  | {
      readonly kind: 'hub_closed';
      readonly hub: number;
      readonly from_seconds: number;
      readonly until_seconds: number;
    };

/** Trees by their place in the list of origins; a disruption works out anew only those that it touches. */
export class RouteTrees {
  readonly #timetable: Timetable;
  readonly #trees: ArrivalTree[];

  /** Works out a tree for each origin. The timetable is changed by disruptions from here on. */
  constructor(
    timetable: Timetable,
    origins: readonly { readonly hub: number; readonly at_seconds: number }[],
  ) {
    this.#timetable = timetable;
    this.#trees = origins.map(({ hub, at_seconds }) =>
      earliestArrivals(timetable, hub, at_seconds),
    );
  }

  /** The trees as they are now. O(1). */
  trees(): readonly ArrivalTree[] {
    return this.#trees;
  }

  /**
   * Takes in a disruption and gives the places of the trees that were worked out anew: those that use
   * what does not run as planned, and those that could use what now runs later. O(trees) to find them
   * for one connection, O(trees × hubs) for a hub.
   *
   * @throws RangeError when there is no such connection, or a delay is negative.
   */
  disrupt(disruption: Disruption): number[] {
    const touched =
      disruption.kind === 'hub_closed' ? this.#close(disruption) : this.#change(disruption);
    for (const place of touched) {
      const { from_hub, at_seconds } = this.#trees[place]!;
      this.#trees[place] = earliestArrivals(this.#timetable, from_hub, at_seconds);
    }
    return touched;
  }

  #change(disruption: Exclude<Disruption, { kind: 'hub_closed' }>): number[] {
    const { connection } = disruption;
    const place = placeOf(this.#timetable, connection);
    if (place < 0) throw new RangeError(`There is no connection ${connection}`);
    const to = toHub(this.#timetable, place);
    const users = this.#where((tree) => tree.via[to] === connection);
    if (disruption.kind === 'cancelled') {
      cancelConnection(this.#timetable, place);
      return users;
    }
    const { seconds } = disruption;
    if (!(seconds >= 0)) throw new RangeError(`A delay of ${seconds} s, expected 0 or more`);
    const now = delayConnection(this.#timetable, place, Math.ceil(seconds));
    const catchers = this.#where((tree) => this.#isBetter(tree, now));
    return [...new Set([...users, ...catchers])].sort((a, b) => a - b);
  }

  /** Whether a tree would reach a hub earlier by the connection at a place. */
  #isBetter(tree: ArrivalTree, place: number): boolean {
    const { rides, transfer, cancelled } = this.#timetable;
    const hub = fromHub(this.#timetable, place);
    if (cancelled[place] === 1 || tree.arrival[hub] === NEVER) return false;
    const ready = tree.arrival[hub]! + (hub === tree.from_hub ? 0 : transfer[hub]!);
    const lands = rides[place * RIDE + ARRIVES]!;
    const to = toHub(this.#timetable, place);
    return ready <= rides[place * RIDE + DEPARTS]! && lands < tree.arrival[to]!;
  }

  /** Nothing leaves a closed hub, and nothing lands there. */
  #close(closed: Extract<Disruption, { kind: 'hub_closed' }>): number[] {
    const { id, rides, start_seconds } = this.#timetable;
    const since = closed.from_seconds - start_seconds;
    const until = closed.until_seconds - start_seconds;
    const isWithin = (at: number): boolean => at >= since && at < until;
    const stopped = new Set<number>();
    for (let c = 0; c < id.length && rides[c * RIDE + DEPARTS]! < until; c++) {
      const at = c * RIDE;
      const leaves = fromHub(this.#timetable, c) === closed.hub && isWithin(rides[at + DEPARTS]!);
      const lands = toHub(this.#timetable, c) === closed.hub && isWithin(rides[at + ARRIVES]!);
      if (!leaves && !lands) continue;
      cancelConnection(this.#timetable, c);
      stopped.add(id[c]!);
    }
    return this.#where((tree) => tree.via.some((connection) => stopped.has(connection)));
  }

  #where(isTouched: (tree: ArrivalTree) => boolean): number[] {
    return this.#trees.flatMap((tree, place) => (isTouched(tree) ? [place] : []));
  }
}
