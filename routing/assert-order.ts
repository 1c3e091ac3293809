/** What an order must be for a decision to mean anything; types cannot say it, and callers may have none. */
import {
  assertAmount,
  assertInstant,
  assertObject,
  assertPosition,
  assertRows,
  assertText,
  fault,
} from './assert-field.ts';
import type { Destination, SourcingLine, SourcingOrder, WorkBudget } from './types.ts';

/**
 * Checks where an order goes. O(1).
 *
 * @throws RangeError that names the field, what was got and what was expected.
 */
export function assertDestination(destination: Destination): void {
  assertObject(destination, 'destination', 'a country and a postal code');
  const { country, postal_code, position } = destination;
  assertText(country, 'destination.country');
  if (typeof postal_code !== 'string')
    throw fault('destination.postal_code', postal_code, 'a text');
  if (position !== undefined) assertPosition(position, 'destination.position');
}

/**
 * Checks an order's numbers and where it goes. O(lines).
 *
 * @throws RangeError that names the field, what was got and what was expected.
 */
export function assertOrder(order: SourcingOrder): void {
  assertObject(order, 'order', 'an order');
  const { at_seconds, deliver_by_seconds, split_limit, lines } = order;
  assertInstant(at_seconds, 'at_seconds');
  if (deliver_by_seconds !== undefined) assertInstant(deliver_by_seconds, 'deliver_by_seconds');
  // Infinity is no limit of its own.
  if (split_limit !== undefined && Math.floor(split_limit) !== split_limit) {
    throw fault('split_limit', split_limit, 'a whole number of parcels');
  }
  assertDestination(order.destination);
  assertLines(lines);
}

function assertLines(lines: readonly SourcingLine[]): void {
  const seen = new Set<number>();
  assertRows(lines, 'lines', ({ line_no, quantity, weight_grams }) => {
    if (seen.has(line_no)) throw fault('line_no', line_no, 'a number of its own');
    seen.add(line_no);
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw fault('quantity', quantity, 'a whole number of units, at least 1');
    if (weight_grams !== undefined) assertAmount(weight_grams, 'weight_grams', 'grams');
  });
  if (lines.length === 0) throw fault('lines', 0, 'at least 1');
}

/**
 * Checks what a decision may do: without a number of steps it would end when it likes. O(1).
 *
 * @throws RangeError that names the field, what was got and what was expected.
 */
export function assertBudget(budget: WorkBudget): void {
  assertObject(budget, 'budget', 'the work that a decision may do');
  const { work, should_stop } = budget;
  if (typeof work !== 'number' || Number.isNaN(work)) {
    throw fault('budget.work', work, 'a number of steps');
  }
  if (should_stop !== undefined && typeof should_stop !== 'function') {
    throw fault('budget.should_stop', should_stop, 'a function');
  }
}
