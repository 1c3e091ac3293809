/**
 * Turns the Brunel tables into a Portolan network, its opening stock and its orders. Pure.
 *
 * A plant is a warehouse, a customer is a seller that owns stock of its own, and a SKU is a product of
 * a customer: so a plant that may serve only some customers simply holds stock of those alone. All
 * orders are of one day, and so is the capacity: parcels leave on `pickup_date` or not at all.
 */
import type { Network, RateCard, Service, Sku } from '../../src/domain/network.ts';
import { mayServe } from './model.ts';
import { type Band, cheapestBands } from './rate-bands.ts';
import type { BrunelOrder, BrunelRate, BrunelTables } from './tables.ts';

/** The one destination of all orders, as a postal code. */
export const DESTINATION = { country: 'US', postal_code: 'PORT09' } as const;
/** Rate area of every card: there is only one destination. */
const AREA = 'PORT09';
const PLATFORM = 'brunel';

export interface BrunelOptions {
  /** How many times the published daily capacities. */
  readonly multiple: number;
  /** The one day on which parcels are picked up, `YYYY-MM-DD`, UTC. */
  readonly pickup_date: string;
  /** Dates around it without any pickup: everything the engine may look at. */
  readonly closed_dates: readonly string[];
}

/** Units on the shelf before the first order. */
export interface BrunelStock {
  readonly warehouse_id: string;
  readonly sku_id: string;
  readonly quantity: number;
}

/** A product of one customer as a SKU. */
export function skuIdOf(order: BrunelOrder): string {
  return `${order.product_id}@${order.customer}`;
}

/** The network. Money is in US cents, a rate may be a fraction of one. */
export function toNetwork(tables: BrunelTables, options: BrunelOptions): Network {
  const groups = Map.groupBy(tables.rates, serviceIdOf);
  const customers = [...new Set(tables.orders.map((order) => order.customer))].sort();
  const always = everyDay<[string, string][]>([['00:00', '24:00']]);
  const services = [...groups].flatMap(([id, rates]) => toService(id, rates, tables, options));
  const used = new Set(services.map((service) => service.rate_card_id));
  const cards = [...groups].filter(([id]) => used.has(id));
  return {
    format: 'portolan-network/1',
    name: `Brunel outbound network, ${options.multiple} × the published capacities`,
    currency: 'USD',
    policy: POLICY,
    platforms: [{ id: PLATFORM }],
    sellers: customers.map((id) => ({ id })),
    skus: toSkus(tables),
    warehouses: tables.plants.map((plant) => ({
      id: plant.id,
      position: [0, 0],
      country: 'US',
      time_zone: 'UTC',
      hours: always,
      processing_seconds: 0,
      parcels_per_day: Math.floor(plant.orders_per_day * options.multiple),
      handling_per_unit: plant.usd_per_unit * 100,
    })),
    zones: [{ id: AREA, country: 'US', time_zone: 'UTC', postal_prefixes: [AREA] }],
    carriers: [...new Set(services.map((service) => service.carrier_id))].map((id) => ({ id })),
    rate_cards: cards.map(([id, rates]) => toCard(id, rates)),
    transit_times: [...new Set(services.map((service) => service.lanes[0]!.transit_time_id!))].map(
      (id) => ({ id, quantiles: [[1, Number(id.slice('days-'.length)) * 86_400]] }),
    ),
    services,
    hubs: [],
    legs: [],
    guarantees: [],
  };
}

/** Only freight and handling count, as in the published model; no order is split. */
const POLICY = {
  id: 'brunel',
  confidence: 0.95,
  split_limit: 1,
  split_penalty: 0,
  lateness_per_day: 0,
  time_per_day: 0,
  decision_seconds: 120,
  quote_seconds: 900,
  lease_seconds: 86_400,
  tender_attempts: 1,
  decide_attempts: 20,
} as const;

function everyDay<T>(value: T) {
  return { mon: value, tue: value, wed: value, thu: value, fri: value, sat: value, sun: value };
}

function toSkus(tables: BrunelTables): Sku[] {
  const skus = new Map<string, Sku>();
  for (const order of tables.orders) {
    const id = skuIdOf(order);
    if (skus.has(id)) continue;
    // Orders carry their measured weight; this one only stands in where nobody measured.
    const weight_grams = (order.weight_kg * 1000) / order.unit_quantity;
    const size = { length_mm: 0, width_mm: 0, height_mm: 0 };
    skus.set(id, { id, seller_id: order.customer, weight_grams, ...size });
  }
  return [...skus.values()];
}

/** What a carrier sells from a port at one speed: the rows that share it are one service's bands. */
function serviceIdOf(rate: BrunelRate): string {
  const { carrier, port, service_code, mode, transit_days } = rate;
  return `${carrier}.${port}.${service_code}.${mode}.${transit_days}d`;
}

function toService(
  id: string,
  rates: readonly BrunelRate[],
  tables: BrunelTables,
  options: BrunelOptions,
): Service[] {
  const { carrier, port, transit_days } = rates[0]!;
  const plants = tables.plants.filter((plant) => plant.ports.includes(port));
  if (plants.length === 0) return [];
  const warehouses = plants.map((plant) => plant.id);
  return [
    {
      id,
      carrier_id: carrier,
      rate_card_id: id,
      pickups: everyDay(['12:00']),
      pickup_holidays: options.closed_dates.filter((date) => date !== options.pickup_date),
      lanes: [{ warehouses, rate_area: AREA, transit_time_id: `days-${transit_days}` }],
    },
  ];
}

function toCard(id: string, rates: readonly BrunelRate[]): RateCard {
  const bands = cheapestBands(rates);
  return {
    id,
    weight_breaks_grams: bands.map((band) => band.to_milligrams / 1000),
    rates: { [AREA]: bands.map(toRate) },
  };
}

function toRate({ rate }: Band) {
  if (rate === null) return null;
  return { base: 0, per_kg: rate.usd_per_kg * 100, minimum: rate.minimum_usd * 100 };
}

/**
 * Stock wherever a plant may serve the customer with the product: all that is ordered of it, at each
 * of them. No plant runs out of anything, only its capacity is scarce.
 */
export function toStock(tables: BrunelTables): BrunelStock[] {
  const bySku = Map.groupBy(tables.orders, skuIdOf);
  return tables.plants.flatMap((plant) =>
    [...bySku]
      .filter(([, orders]) => mayServe(plant, orders[0]!))
      .map(([sku_id, orders]) => {
        const quantity = orders.reduce((units, order) => units + order.unit_quantity, 0);
        return { warehouse_id: plant.id, sku_id, quantity };
      }),
  );
}

/**
 * Orders as `POST /v1/orders/bulk` takes them. A reference begins with the order's place in the file:
 * what is accepted in one transaction is numbered by reference, and so the file's order is kept.
 */
export function toOrders(tables: BrunelTables) {
  return tables.orders.map((order, index) => ({
    external_ref: `${String(index + 1).padStart(5, '0')}/${order.order_id}`,
    destination: DESTINATION,
    lines: [
      {
        line_no: 1,
        sku_id: skuIdOf(order),
        quantity: order.unit_quantity,
        weight_grams: Math.round(order.weight_kg * 1e6) / 1000,
      },
    ],
  }));
}
