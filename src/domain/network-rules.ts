/**
 * Whether a document is a sound network. The schema says what a row looks like; these rules say what
 * a schema cannot: that references lead somewhere, tables ascend, hours do not overlap, numbers have
 * the right check digit. Everything that is wrong is told at once, by JSON pointer.
 */
import type { Fault } from './errors.ts';
import type { Network } from './network.ts';
import { checkCalendars } from './network-calendar-rules.ts';
import { type FaultList, faultList } from './network-faults.ts';
import { checkPlaces } from './network-place-rules.ts';
import { checkPrices } from './network-price-rules.ts';
import { checkReferences } from './network-reference-rules.ts';
import { checkTables } from './network-tables.ts';

/** A sound network, or all that is wrong with it (bounded, see `network-faults.ts`). */
export type NetworkCheck = { readonly network: Network } | { readonly faults: Fault[] };

/** Every group of rules, each over the rows that fit the schema. */
const RULES = [checkReferences, checkCalendars, checkPlaces, checkPrices] as const;

/**
 * Checks a whole document. Never throws, whatever the value. O(size of the document): about a second
 * for 1,000 warehouses, 3,000 carriers, 10,000 services, 500 zones and 100,000 SKUs.
 */
export function validateNetwork(value: unknown): NetworkCheck {
  const faults: FaultList = faultList();
  const tables = checkTables(value, faults);
  for (const rule of RULES) rule(tables, faults);
  if (faults.count() > 0) return { faults: faults.list() };
  return { network: value as Network };
}
