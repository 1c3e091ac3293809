/**
 * The published tables of the Brunel outbound network, read from CSV. Source: "Supply Chain Logistics
 * Problem Dataset", Brunel University London, figshare 7558679; Dzalbs & Kalganova, Computers &
 * Industrial Engineering 147 (2020) 106610. The data are not part of this repository.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';

/** One order: so many units of a product for a customer, with their measured weight. */
export interface BrunelOrder {
  readonly order_id: string;
  readonly customer: string;
  readonly product_id: string;
  readonly unit_quantity: number;
  readonly weight_kg: number;
}

/** One freight rate: a weight band, both ends inclusive, of a carrier from a port. */
export interface BrunelRate {
  readonly carrier: string;
  readonly port: string;
  readonly service_code: string;
  readonly mode: string;
  readonly transit_days: number;
  readonly minimum_kg: number;
  readonly maximum_kg: number;
  readonly minimum_usd: number;
  readonly usd_per_kg: number;
}

/** One plant: a warehouse with its products, ports, costs and, for a few, its only customers. */
export interface BrunelPlant {
  readonly id: string;
  readonly usd_per_unit: number;
  readonly orders_per_day: number;
  readonly ports: readonly string[];
  readonly products: ReadonlySet<string>;
  /** Null: serves everybody. */
  readonly customers: ReadonlySet<string> | null;
}

export interface BrunelTables {
  readonly orders: readonly BrunelOrder[];
  readonly rates: readonly BrunelRate[];
  readonly plants: readonly BrunelPlant[];
}

/** The folder of the tables: under `PORTOLAN_SHARED_DATA`, or beside the repository. Null if absent. */
export function findBrunelFolder(): string | null {
  const shared =
    process.env.PORTOLAN_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data');
  const folder = join(shared, 'brunel');
  return existsSync(join(folder, 'order_list.csv')) ? folder : null;
}

type Row = Readonly<Record<string, string>>;

/** Reads all seven tables. About 50 ms. */
export function readBrunelTables(folder: string): BrunelTables {
  const rows = (name: string): Row[] =>
    parse(readFileSync(join(folder, `${name}.csv`)), { columns: true, bom: true }) as Row[];
  return {
    orders: rows('order_list').map((row) => ({
      order_id: row.order_id!,
      customer: row.customer!,
      product_id: row.product_id!,
      unit_quantity: Number(row.unit_quantity),
      weight_kg: Number(row.weight_kg),
    })),
    rates: rows('freight_rates').map((row) => ({
      carrier: row.carrier!,
      port: row.orig_port_cd!,
      service_code: row.svc_cd!,
      mode: row.mode_dsc!,
      transit_days: Number(row.tpt_day_cnt),
      minimum_kg: Number(row.minm_wgh_qty_kg),
      maximum_kg: Number(row.max_wgh_qty_kg),
      minimum_usd: Number(row.minimum_cost_usd),
      usd_per_kg: Number(row.rate_usd),
    })),
    plants: readPlants(rows),
  };
}

function readPlants(rows: (name: string) => Row[]): BrunelPlant[] {
  const costs = new Map(rows('wh_costs').map((row) => [row.wh, Number(row.cost_usd_per_unit)]));
  const products = grouped(rows('products_per_plant'), 'plant_code', 'product_id');
  const ports = grouped(rows('plant_ports'), 'plant_code', 'port');
  const customers = grouped(rows('vmi_customers'), 'plant_code', 'customers');
  return rows('wh_capacities').map((row) => {
    const id = row.plant_id!;
    return {
      id,
      usd_per_unit: costs.get(id)!,
      orders_per_day: Number(row.daily_capacity_orders),
      ports: [...(ports.get(id) ?? [])],
      products: products.get(id) ?? new Set(),
      customers: customers.get(id) ?? null,
    };
  });
}

function grouped(rows: readonly Row[], by: string, field: string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const row of rows) {
    const group = groups.get(row[by]!) ?? new Set();
    groups.set(row[by]!, group.add(row[field]!));
  }
  return groups;
}
