/** The settings of pricing contended stock: part of the one table in `config.ts`. */
import { count } from './settings.ts';

/** How often prices are computed, from what, and how far they are trusted. */
export const PRICE_SETTINGS = {
  price_refresh_seconds: count('PORTOLAN_PRICE_REFRESH_SECONDS', 300, {
    doc: 'How often (s) prices of contended stock are computed.',
  }),
  price_look_seconds: count('PORTOLAN_PRICE_LOOK_SECONDS', 60, {
    doc: 'How often (s) it is looked whether orders come as forecast; if not, prices are computed at once.',
  }),
  price_stale_seconds: count('PORTOLAN_PRICE_STALE_SECONDS', 900, {
    doc: 'Age (s) from which prices no longer count and decisions are greedy.',
  }),
  price_blend_percent: count('PORTOLAN_PRICE_BLEND_PERCENT', 100, {
    min: 0,
    max: 100,
    doc: 'How far (%) prices are trusted; 0 = decisions are greedy and nothing is computed.',
  }),
  price_horizon_hours: count('PORTOLAN_PRICE_HORIZON_HOURS', 72, {
    max: 2160,
    doc: 'How far ahead (h) stock must last: the time to the usual replenishment.',
  }),
  price_contended_percent: count('PORTOLAN_PRICE_CONTENDED_PERCENT', 70, {
    doc: 'A SKU is priced when this much (%) of what a warehouse has of it would be used.',
  }),
  price_scenarios: count('PORTOLAN_PRICE_SCENARIOS', 10, {
    max: 1000,
    doc: 'Sampled futures (count) that prices are the mean of.',
  }),
  price_futures_seconds: count('PORTOLAN_PRICE_FUTURES_SECONDS', 3_600, {
    doc: 'How long (s) prices are means over the same futures, before others are drawn.',
  }),
  price_orders_max: count('PORTOLAN_PRICE_ORDERS_MAX', 50_000, {
    doc: 'Newest orders (count) that demand is forecast from.',
  }),
  price_orders_least: count('PORTOLAN_PRICE_ORDERS_LEAST', 20, {
    doc: 'Orders (count) of a SKU seen before it may have a price.',
  }),
  price_sample_orders: count('PORTOLAN_PRICE_SAMPLE_ORDERS', 1_000, {
    min: 0,
    max: 20_000,
    doc: 'Orders of late (count) that capacity is priced from; 0 = capacity has no price.',
  }),
  price_kinds_max: count('PORTOLAN_PRICE_KINDS_MAX', 2_000, {
    doc: 'Most kinds of orders (SKU and zone, count) looked at, the most wanted first.',
  }),
  price_explore_percent: count('PORTOLAN_PRICE_EXPLORE_PERCENT', 10, {
    min: 0,
    max: 1000,
    doc: 'How much dearer (%) than the best plan an order may be that tries an unknown carrier.',
  }),
  price_explore_parcels: count('PORTOLAN_PRICE_EXPLORE_PARCELS', 200, {
    doc: 'Parcels of four weeks (count) to a zone from which a carrier is known there.',
  }),
  price_timeout_seconds: count('PORTOLAN_PRICE_TIMEOUT_SECONDS', 60, {
    doc: 'Longest time (s) one computation of prices may take.',
  }),
} as const;
