/** The end of a hub's labels, as a sweep asks for it. */
import { CRITERIA, type LabelColumns } from './route-labels.ts';

/** Numbers of a label in a head: arrival, cost, carbon, row. */
const HEAD = 4;

/**
 * The front at the last label of a hub, which a sweep asks for most, with its criteria side by side:
 * read from the columns, each would be a miss of the cache.
 */
export class HubHead {
  #values = new Float64Array(HEAD * 8);
  #size = 0;

  /** True if some label of it arrives no later, costs and emits no more. O(labels). */
  beats(arrives: number, cost: number, carbon: number): boolean {
    const values = this.#values;
    // What was found last arrives first.
    for (let at = (this.#size - 1) * HEAD; at >= 0; at -= HEAD) {
      if (values[at]! <= arrives && values[at + 1]! <= cost && values[at + 2]! <= carbon)
        return true;
    }
    return false;
  }

  /** Adds a label that it does not beat, and takes out those that the label beats. O(labels). */
  add(row: number, arrives: number, cost: number, carbon: number): void {
    const values = this.#values;
    let end = 0;
    for (let at = 0; at < this.#size * HEAD; at += HEAD) {
      if (values[at]! >= arrives && values[at + 1]! >= cost && values[at + 2]! >= carbon) continue;
      if (end < at) {
        values[end] = values[at]!;
        values[end + 1] = values[at + 1]!;
        values[end + 2] = values[at + 2]!;
        values[end + 3] = values[at + 3]!;
      }
      end += HEAD;
    }
    if (end === values.length) {
      this.#values = new Float64Array(values.length * 2);
      this.#values.set(values);
    }
    this.#values[end] = arrives;
    this.#values[end + 1] = cost;
    this.#values[end + 2] = carbon;
    this.#values[end + 3] = row;
    this.#size = end / HEAD + 1;
  }

  /** Becomes the front at a row. O(labels²). */
  read({ criteria, frontStart, frontSize, pool }: LabelColumns, front: number): void {
    this.clear();
    for (let i = 0; i < frontSize[front]!; i++) {
      const row = pool[frontStart[front]! + i]!;
      const at = row * CRITERIA;
      this.add(row, criteria[at + 1]!, criteria[at + 2]!, criteria[at + 3]!);
    }
  }

  /** Begins anew, in the room that it has. O(1). */
  clear(): void {
    this.#size = 0;
  }

  /** Writes its rows; gives their number. O(labels). */
  writeTo(pool: Int32Array, start: number): number {
    for (let i = 0; i < this.#size; i++) pool[start + i] = this.#values[i * HEAD + 3]!;
    return this.#size;
  }

  /** Labels in it. O(1). */
  get size(): number {
    return this.#size;
  }
}
