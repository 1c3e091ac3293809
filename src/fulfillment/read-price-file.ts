/**
 * Reads prices from a file: what a unit of stock, a parcel or pick of a slot, or a parcel of a carrier
 * costs more than its own costs.
 */
import { readFile } from 'node:fs/promises';
import { indexPrices, type Prices } from '../../routing/index.ts';
import { type Fault, Refusal } from '../domain/errors.ts';
import { PricesInFile } from '../domain/prices-in-file.ts';
import { schemaFaults } from '../domain/schema-faults.ts';

/**
 * Reads prices: `{"stock": [{"warehouse_id", "sku_id", "price"}], "capacity": [{"resource",
 * "slot_seconds", "price"}], "carriers": [{"carrier_id", "zones", "price"}]}`, minor units.
 *
 * @throws Refusal `invalid_request` with the faults, by row and field.
 */
export async function readPriceFile(path: string): Promise<Prices> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const detail = `cannot be read as JSON: ${(error as Error).message}`;
    return refuse(path, [{ pointer: path, detail }]);
  }
  const faults = schemaFaults(PricesInFile, value, '');
  if (faults.length > 0) refuse(path, faults);
  return indexPrices(value as PricesInFile);
}

function refuse(path: string, faults: readonly Fault[]): never {
  throw new Refusal('invalid_request', `${path} has faults`, faults);
}
