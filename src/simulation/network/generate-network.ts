/**
 * The demo's network: Korea with its warehouses, carriers, goods and shops, as the product's own
 * network document. The same parameters give the same document on every machine; `docs/demo.md`
 * says what they do.
 */
import type { Guarantee, Network, Platform, Policy } from '../../domain/network.ts';
import { generateCarriers } from './carriers.ts';
import { generateSellers, generateSkus } from './goods.ts';
import { generateLineHaul } from './line-haul.ts';
import { generateNightLines, LINE_TIMES } from './night-lines.ts';
import { koreanPlaces } from './places.ts';
import { generateRateCards, generateTransitTimes } from './prices.ts';
import { generateSites } from './sites.ts';
import { generateZones } from './zones.ts';

/** What a network is generated from. */
export interface NetworkParameters {
  readonly seed: number;
  /** How many times as many warehouses, carriers, services, SKUs and sellers; a whole number. */
  readonly scale: number;
  /** The policy's budget of a decision, in seconds of the engine's clock. */
  readonly decision_seconds?: number;
  /** How long a carrier may think about an offer, in seconds of the engine's clock. */
  readonly lease_seconds?: number;
  /** How long a quote is honoured, likewise. */
  readonly quote_seconds?: number;
  /** Time set aside for a carrier's answer. */
  readonly answer_seconds?: number;
}

/** How many at scale 1. */
export const SKUS = 5_000;
export const SELLERS = 40;

const PLATFORMS: readonly Platform[] = [
  { id: 'market', name: 'Marketplace' },
  { id: 'fresh', name: 'Fresh groceries' },
  { id: 'style', name: 'Style shop' },
];

const GUARANTEES: readonly Guarantee[] = [
  { id: 'on-time', name: 'On time or 1,000 won', confidence: 0.95, remedy_amount: 1_000 },
  {
    ...{ id: 'fresh-by-dawn', name: 'Fresh on time or 3,000 won', platform_ids: ['fresh'] },
    ...{ confidence: 0.95, remedy_amount: 3_000, exclusions: ['storm warning', 'wrong address'] },
  },
];

const POLICY: Policy = {
  id: 'korea',
  confidence: 0.95,
  split_limit: 4,
  split_penalty: 1_500,
  lateness_per_day: 12_000,
  time_per_day: 1_600,
  decision_seconds: 15,
  quote_seconds: 2 * 3600,
  lease_seconds: 1_800,
  answer_seconds: 600,
  tender_attempts: 6,
  decide_attempts: 6,
};

/** Generates the whole document. */
export function generateNetwork(parameters: NetworkParameters): Network {
  const { seed, scale, ...times } = parameters;
  const places = koreanPlaces();
  const sites = generateSites(seed, scale, places);
  const { carriers, services } = generateCarriers(seed, scale, { places, sites });
  const sellers = generateSellers(SELLERS * scale);
  const lineHaul = generateLineHaul(seed, places, carriers);
  return {
    format: 'portolan-network/1',
    name: `Korea, seed ${seed}, scale ${scale}`,
    currency: 'KRW',
    policy: { ...POLICY, ...times },
    platforms: [...PLATFORMS],
    sellers,
    skus: generateSkus(seed, SKUS * scale, sellers),
    warehouses: sites.map((site) => site.warehouse),
    zones: generateZones(places),
    carriers,
    rate_cards: generateRateCards(),
    transit_times: [...generateTransitTimes(), ...LINE_TIMES],
    services: [...services, ...generateNightLines({ places, sites }, lineHaul)],
    ...lineHaul,
    guarantees: [...GUARANTEES],
  };
}
