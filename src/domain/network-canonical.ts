/**
 * One text per network: equal documents print alike, whatever the order in which their fields came.
 * The digest of that text tells whether an import changes anything.
 */
import type { Network } from './network.ts';

/**
 * The document as JSON without blanks, fields of every object sorted by name; rows keep their order.
 * (Keys that are whole numbers come first, ascending, as JavaScript always lists them.) O(size).
 */
export function canonicalNetwork(network: Network): string {
  return JSON.stringify(sorted(network));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    // Most of a network is long arrays of ids: those need no copy.
    return value.every(isScalar) ? value : value.map(sorted);
  }
  if (isScalar(value)) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) copy[key] = sorted(fields[key]);
  return copy;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
