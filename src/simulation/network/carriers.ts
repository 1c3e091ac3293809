/** The demo's carriers and what each of them sells, where, and at which price and speed. */
import type { Carrier, Service } from '../../domain/network.ts';
import { type Random, randomFor } from '../random.ts';
import { metresBetween, type Place, type Region } from './places.ts';
import { cardId, type Distance, PRICE_LEVELS, SPEED_LEVELS, transitId } from './prices.ts';
import {
  CARRIER_KINDS,
  CARRIERS,
  type CarrierKind,
  limitsOf,
  SERVICE_KINDS,
  type ServiceKind,
} from './service-kinds.ts';
import type { Site } from './sites.ts';
import { dawnZoneId, hasDawnZone } from './zones.ts';

type ServiceLane = Service['lanes'][number];

/** Where services may start and end. */
export interface Ground {
  readonly places: readonly Place[];
  readonly sites: readonly Site[];
}

const KIND_NAMES: Readonly<Record<CarrierKind, string>> = {
  parcel: 'Parcel',
  regional: 'Regional Parcel',
  dawn: 'Before-Dawn',
  bike: 'Bikes',
  cold: 'Cold Chain',
  bulky: 'Bulky Goods',
  budget: 'Budget',
};
/** Shares of carriers by region, as people live. */
const REGIONS: readonly Region[] = [
  ...['capital', 'capital', 'capital', 'yeongnam', 'yeongnam'],
  ...['chungcheong', 'honam', 'gangwon'],
] as Region[];

interface Home {
  readonly region: Region;
  /** Where bikes and dark stores are based. */
  readonly base: Site;
}

/** Carriers with their services, in order of their codes. */
export function generateCarriers(
  seed: number,
  scale: number,
  ground: Ground,
): { carriers: Carrier[]; services: Service[] } {
  const carriers: Carrier[] = [];
  const services: Service[] = [];
  for (const kind of CARRIER_KINDS) {
    const count = CARRIERS[kind] * scale;
    for (let index = 0; index < count; index += 1) {
      const number = String(index + 1).padStart(String(count).length, '0');
      const id = `${kind}-${number}`;
      const home = homeOf(kind, index, ground);
      const where = ['parcel', 'cold'].includes(kind) ? '' : ` ${placeName(kind, home)}`;
      carriers.push({ id, name: `${KIND_NAMES[kind]}${where} ${number}` });
      for (const service of SERVICE_KINDS[kind]) {
        const made = serviceOf(randomFor(seed, 'service', id, service.word), {
          ...{ kind, id, service, home, ground },
        });
        if (made !== null) services.push(made);
      }
    }
  }
  return { carriers, services };
}

function placeName(kind: CarrierKind, { region, base }: Home): string {
  if (kind === 'bike' || kind === 'dawn') return base.place.name;
  return region.charAt(0).toUpperCase() + region.slice(1);
}

/** Bikes and dark stores' vans are based at a warehouse, one after the other; the rest in a region. */
function homeOf(kind: CarrierKind, index: number, { sites }: Ground): Home {
  const bases = sites.filter((site) => site.kind === 'dawn' || site.kind === 'shop');
  const darkStores = sites.filter((site) => site.kind === 'dawn');
  const base = kind === 'dawn' ? darkStores : bases;
  return { region: REGIONS[index % REGIONS.length]!, base: base[index % base.length]! };
}

interface Offer {
  readonly kind: CarrierKind;
  readonly id: string;
  readonly service: ServiceKind;
  readonly home: Home;
  readonly ground: Ground;
}

function serviceOf(random: Random, offer: Offer): Service | null {
  const { kind, id, service } = offer;
  const price = random.between(0, PRICE_LEVELS.length - 1);
  const speed = random.between(0, SPEED_LEVELS.length - 1);
  const lanes = lanesOf(offer, speed);
  if (lanes.length === 0) return null;
  return {
    id: `${id}.${service.word}`,
    carrier_id: id,
    name: `${service.word.replaceAll('-', ' ')}`,
    rate_card_id: cardId(kind, service, price),
    pickups: service.pickups,
    lanes,
    ...limitsOf(service),
    parcels_per_day: Math.round(service.parcels_per_day * (0.6 + 0.8 * random.next())),
  };
}

function lanesOf(offer: Offer, speed: number): ServiceLane[] {
  const { kind, service } = offer;
  const from = warehousesOf(offer);
  if (from?.length === 0) return [];
  const lane = (distance: Distance, parts: Partial<ServiceLane>): ServiceLane => ({
    ...parts,
    rate_area: distance,
    transit_time_id: transitId(kind, service, speed, distance),
  });
  const { reach } = service;
  if (reach.to !== 'country') {
    const zones = zonesOf(offer);
    if (zones.length === 0) return [];
    return [lane('near', { warehouses: from!, zones })];
  }
  const { sites, places } = offer.ground;
  const remote = places.filter((place) => place.remote).map((place) => place.id);
  const able = new Set(from ?? sites.map((site) => site.warehouse.id));
  // A lane that names zones goes before one that names none.
  const near = [...Map.groupBy(sites, (site) => site.place.region)].flatMap(([region, own]) => {
    const warehouses = own.map((site) => site.warehouse.id).filter((id) => able.has(id));
    const zones = zonesIn(places, region);
    if (warehouses.length === 0 || zones.length === 0) return [];
    return [lane('near', { warehouses, zones })];
  });
  const anywhere = from === undefined ? {} : { warehouses: from };
  return [...near, lane('remote', { ...anywhere, zones: remote }), lane('far', anywhere)];
}

function zonesIn(places: readonly Place[], region: Region): string[] {
  return places
    .filter((place) => place.region === region && !place.remote)
    .map((place) => place.id);
}

/** Warehouses that it picks up from; undefined = all. */
function warehousesOf({ service, home, ground }: Offer): string[] | undefined {
  const { reach, sites: kinds, temperatures, hazardous } = service;
  const isEverywhere = reach.to === 'country' && !('from' in reach);
  if (isEverywhere && kinds === undefined && temperatures === undefined && hazardous === undefined)
    return undefined;
  return ground.sites
    .filter(({ kind, place, warehouse }) => {
      if (kinds !== undefined && !kinds.includes(kind)) return false;
      if (reach.to === 'radius') {
        const metres = metresBetween(warehouse.position, home.base.warehouse.position);
        return metres <= reach.metres / 2;
      }
      return isEverywhere || place.region === home.region;
    })
    .map((site) => site.warehouse.id);
}

function zonesOf({ service, home, ground }: Offer): string[] {
  const { reach, at_dawn } = service;
  if (reach.to !== 'radius') return zonesIn(ground.places, home.region);
  const near = ground.places.filter(
    (place) => metresBetween(place.position, home.base.warehouse.position) <= reach.metres,
  );
  if (at_dawn === undefined) return near.map((place) => place.id);
  return near.filter(hasDawnZone).map((place) => dawnZoneId(place.id));
}
