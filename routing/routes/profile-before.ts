/**
 * Where a sweep under changed departures comes back to what it was. A sweep goes back in time, and rides
 * that are still to come see of what it found only the labels that they can reach: once these are again
 * as they were, so is all that follows, and it is copied.
 */
import { firstRowBefore } from './first-row-before.ts';
import { CRITERIA, countReady, type LabelColumns, NONE } from './route-labels.ts';
import type { Profile, ProfileNetwork, Sweep } from './route-profile.ts';

/** What is compared may differ at every ride: often enough is once in so many seconds of departures. */
const EVERY_SECONDS = 3600;

/** The profile before a change, and how much of it a sweep has found again. */
export class ProfileBefore {
  readonly #before: Profile;
  readonly #changedFrom: number;
  /** By hub, how long after its departure a ride to there may let one go on. */
  readonly #reach: Float64Array;
  /** Rows of now by those of before that are the same way; `NONE` where none is known. */
  readonly #rowNow: Int32Array;
  /** A hub that differed will mostly still differ. */
  #differing = 0;
  #next: number;

  /**
   * For a network without legs that start at any time, of which departures changed from an instant on,
   * and a sweep whose first `kept` rows are those of before. O(rows + legs).
   */
  constructor(network: ProfileNetwork, before: Profile, kept: number, changedFrom: number) {
    this.#before = before;
    this.#changedFrom = changedFrom;
    this.#next = changedFrom;
    this.#reach = new Float64Array(network.transfer.length);
    for (const leg of network.usable) {
      const { to, input } = network.legs[leg]!;
      const takes = input.duration_seconds + network.transfer[to]!;
      this.#reach[to] = Math.max(this.#reach[to]!, takes);
    }
    this.#rowNow = new Int32Array(before.columns.leg.length).fill(NONE);
    for (let row = 0; row < kept; row++) this.#rowNow[row] = row;
  }

  /**
   * Ends a sweep that has ridden all that departs at `until` or later with what was found before of
   * earlier departures, if that is the same; false if it is not, or not looked at.
   * O(labels in reach), mostly O(1), and O(rows) when it is.
   */
  ends(sweep: Sweep, until: number): boolean {
    if (until > this.#next) return false;
    this.#next = Math.min(this.#changedFrom, until - EVERY_SECONDS);
    if (!this.#isMetBy(sweep, until)) return false;
    const { columns, labels } = this.#before;
    const first = firstRowBefore(sweep.network, this.#before, until);
    sweep.store.continueWith(columns, first, this.#rowNow);
    labels.forEach((old, hub) => {
      const own = sweep.labels[hub]!;
      for (const row of old) if (row >= first) own.push(this.#rowNow[row]!);
    });
    return true;
  }

  #isMetBy(sweep: Sweep, until: number): boolean {
    const hubs = sweep.labels.length;
    for (let i = 0; i < hubs; i++) {
      const hub = (this.#differing + i) % hubs;
      if (this.#isMetAt(sweep, hub, until)) continue;
      this.#differing = hub;
      return false;
    }
    return true;
  }

  #isMetAt({ store, labels }: Sweep, hub: number, until: number): boolean {
    const { columns, labels: labelsBefore } = this.#before;
    const [own, old] = [labels[hub]!, labelsBefore[hub]!];
    // Of what departs later than anybody arrives, the front alone is asked for.
    const latest = until + this.#reach[hub]!;
    const later = countReady(store.criteria, own, latest);
    const laterBefore = countReady(columns.criteria, old, latest);
    const count = own.length - later;
    if (count !== countReady(columns.criteria, old, until) - laterBefore) return false;
    if (later > 0 !== laterBefore > 0) return false;
    if (later > 0 && !this.#isSameFront(store, own[later - 1]!, old[laterBefore - 1]!))
      return false;
    for (let i = 0; i < count; i++) {
      if (!this.#isSame(store, own[later + i]!, old[laterBefore + i]!)) return false;
    }
    return true;
  }

  #isSameFront(now: LabelColumns, row: number, old: number): boolean {
    const { frontSize, frontStart, pool } = this.#before.columns;
    const size = frontSize[old]!;
    if (now.frontSize[row] !== size) return false;
    for (let i = 0; i < size; i++) {
      const [own, other] = [now.pool[now.frontStart[row]! + i]!, pool[frontStart[old]! + i]!];
      if (!this.#isSame(now, own, other)) return false;
    }
    return true;
  }

  /** True if two rows are the same way: its legs, each at the same time. */
  #isSame(now: LabelColumns, row: number, old: number): boolean {
    const known = this.#rowNow[old]!;
    if (known !== NONE) return known === row;
    const { criteria, leg, next } = this.#before.columns;
    const [at, atOld] = [row * CRITERIA, old * CRITERIA];
    // By the same rest, one departure of one leg leads to one arrival, cost and carbon.
    if (now.leg[row] !== leg[old] || now.criteria[at] !== criteria[atOld]) return false;
    if (!this.#isSame(now, now.next[row]!, next[old]!)) return false;
    this.#rowNow[old] = row;
    return true;
  }
}
