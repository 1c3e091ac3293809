/** What goods need and what places and vans can do with them. */
import { assertEach, assertFlag, fault } from './assert-field.ts';
import type { ServiceInput, WarehouseInput } from './types.ts';

const TEMPERATURES: readonly unknown[] = ['ambient', 'chilled', 'frozen'];

/** Refuses what is no temperature class. O(1). @throws RangeError that names the field. */
export function assertTemperature(value: unknown, field: string): void {
  if (!TEMPERATURES.includes(value)) throw fault(field, value, 'ambient, chilled or frozen');
}

const assertOne = (value: unknown): void => assertTemperature(value, '');

/** Checks what a warehouse or a service can do with goods. O(1). @throws RangeError that names the field. */
export function assertHandling({ temperatures, hazardous }: WarehouseInput | ServiceInput): void {
  if (temperatures) assertEach(temperatures, 'temperatures', assertOne);
  assertFlag(hazardous ?? false, 'hazardous');
}
