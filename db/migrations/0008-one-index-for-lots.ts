/**
 * One index finds lots by SKU and keeps them unique. With two that began alike, PostgreSQL took the
 * shorter one where its statistics were old, and read all lots of a SKU to find one of them: the
 * import of 100,000 lots of one SKU took quadratic time. Lists of stock by warehouse and by seller
 * get an index in their own order.
 */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`
alter table stock
  add constraint stock_one_lot unique (sku_id, warehouse_id, seller_id, lot),
  drop constraint stock_warehouse_id_sku_id_seller_id_lot_key;
drop index stock_by_sku;
create index stock_by_warehouse on stock (warehouse_id, stock_id);
create index stock_by_seller on stock (seller_id, stock_id);
`)
    .execute(db);
}
