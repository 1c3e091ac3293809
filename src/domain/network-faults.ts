/** Faults of a document, collected all at once but bounded: the first ones in full, then a count. */
import type { Fault } from './errors.ts';

/** How many faults are told in full; the rest are counted. */
export const MAX_FAULTS = 100;
const MAX_SHOWN_LENGTH = 80;

/** A growing list of faults that stops growing, not counting, at its limit. */
export interface FaultList {
  add(pointer: string, detail: string): void;
  /** True when further faults are only counted: finding their exact words is wasted work. */
  isFull(): boolean;
  count(): number;
  /** The faults, with a last line that counts what was left out. */
  list(): Fault[];
}

/** An empty list that tells at most `limit` faults in full. */
export function faultList(limit = MAX_FAULTS): FaultList {
  const faults: Fault[] = [];
  let count = 0;
  return {
    add: (pointer, detail) => {
      count += 1;
      if (faults.length < limit) faults.push({ pointer, detail });
    },
    isFull: () => count >= limit,
    count: () => count,
    list: () => {
      const left_out = count - faults.length;
      if (left_out === 0) return [...faults];
      return [...faults, { pointer: '', detail: `and at least ${left_out} more faults` }];
    },
  };
}

/** A key as a segment of a JSON pointer (RFC 6901 §3). */
export function pointerSegment(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A value as an error message shows it: JSON, cut when long. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= MAX_SHOWN_LENGTH ? text : `${text.slice(0, MAX_SHOWN_LENGTH)}…`;
}
