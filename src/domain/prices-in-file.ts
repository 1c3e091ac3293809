/** What prices look like in a file: what is left out has none. */
import { type Static, Type } from 'typebox';
import { Closed } from './fields.ts';
import { Code } from './network.ts';

const Price = Type.Number({ exclusiveMinimum: 0, maximum: 1e12 });

/** Minor units of the network's currency, for one unit of stock, one parcel or pick of a slot, … */
export const PricesInFile = Closed({
  stock: Type.Optional(Type.Array(Closed({ warehouse_id: Code, sku_id: Code, price: Price }))),
  capacity: Type.Optional(
    Type.Array(
      Closed({
        resource: Type.String({ minLength: 1, maxLength: 200 }),
        slot_seconds: Type.Integer({ minimum: 0, maximum: 1e11 }),
        price: Price,
      }),
    ),
  ),
  carriers: Type.Optional(
    Type.Array(
      Closed({
        carrier_id: Code,
        zones: Type.Optional(Type.Array(Code)),
        // Below 0 where a carrier is owed work.
        price: Type.Number({ minimum: -1e12, maximum: 1e12 }),
      }),
    ),
  ),
});
export type PricesInFile = Static<typeof PricesInFile>;
