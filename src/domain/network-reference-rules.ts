/** Rules on identity: ids are unique in their table, and every reference leads to a row. */
import { isGtin } from './gtin.ts';
import type { Policy, Service } from './network.ts';
import { type FaultList, pointerSegment, shown } from './network-faults.ts';
import { type CheckedNetwork, NETWORK_TABLES, type NetworkTable } from './network-tables.ts';

/** Unique ids, references that resolve, GTINs that check. O(rows + references). */
export function checkReferences(network: CheckedNetwork, faults: FaultList): void {
  for (const table of NETWORK_TABLES) checkUnique(network, table, faults);
  const refer = referrer(network, faults);
  network.skus.rows.forEach((row, index) => {
    if (row === null) return;
    refer.one('sellers', row.seller_id, `/skus/${index}/seller_id`);
    if (row.gtin !== undefined && !isGtin(row.gtin)) {
      faults.add(`/skus/${index}/gtin`, `got ${shown(row.gtin)}, expected a valid check digit`);
    }
  });
  checkShareBands(network, refer, faults);
  checkServices(network, refer, faults);
  checkLegs(network, refer, faults);
  checkGuarantees(network, refer);
  checkApart(network.policy?.apart ?? [], network.skus.rows, '/policy/apart', faults);
}

const MOST_KINDS = 30;

/** Kinds of goods that a policy keeps apart are kinds that there are, two different ones a pair. */
export function checkApart(
  pairs: NonNullable<Policy['apart']>,
  skus: readonly ({ readonly goods_class?: string | undefined } | null)[],
  pointer: string,
  faults: FaultList,
): void {
  if (pairs.length === 0) return;
  const kinds = new Set<string | undefined>(['ambient', 'chilled', 'frozen', 'hazardous']);
  for (const sku of skus) kinds.add(sku?.goods_class);
  pairs.forEach(([a, b], index) => {
    const at = `${pointer}/${index}`;
    if (a === b) faults.add(`${at}/1`, `got ${shown(b)} twice, expected two different kinds`);
    for (const [i, kind] of [a, b].entries()) {
      if (kinds.has(kind)) continue;
      const expected = 'a temperature, hazardous, or the goods_class of a SKU';
      faults.add(`${at}/${i}`, `got ${shown(kind)}, expected ${expected}`);
    }
  });
  const named = new Set(pairs.flat()).size;
  if (named > MOST_KINDS) {
    faults.add(pointer, `got ${named} kinds, expected ${MOST_KINDS} at most`);
  }
}

/** Faults references that lead nowhere. */
interface Refer {
  one(table: NetworkTable, id: string, pointer: string): void;
  all(table: NetworkTable, ids: readonly string[] | undefined, pointer: string): void;
}

function referrer(network: CheckedNetwork, faults: FaultList): Refer {
  const one = (table: NetworkTable, id: string, pointer: string) => {
    const { ids } = network[table];
    if (ids === null || ids.has(id)) return;
    faults.add(pointer, `got ${shown(id)}, expected the id of a row in ${table}`);
  };
  return {
    one,
    all: (table, list, pointer) => {
      list?.forEach((id, index) => {
        // A network has millions of these: the pointer is put together for faults only.
        if (network[table].ids?.has(id) === false) one(table, id, `${pointer}/${index}`);
      });
    },
  };
}

function checkUnique(network: CheckedNetwork, table: NetworkTable, faults: FaultList): void {
  const first = new Map<string, number>();
  network[table].rows.forEach((row, index) => {
    if (row === null) return;
    const before = first.get(row.id);
    if (before === undefined) first.set(row.id, index);
    else {
      const detail = `got ${shown(row.id)} again, expected an id that /${table}/${before} has not`;
      faults.add(`/${table}/${index}/id`, detail);
    }
  });
}

/** A band bounds something, and from below no higher than from above. */
function checkShareBands(network: CheckedNetwork, refer: Refer, faults: FaultList): void {
  network.carriers.rows.forEach((carrier, index) => {
    carrier?.share_bands?.forEach((band, b) => {
      const at = `/carriers/${index}/share_bands/${b}`;
      refer.all('zones', band.zones, `${at}/zones`);
      const { minimum_percent: least, maximum_percent: most, minimum_parcels } = band;
      if (least === undefined && most === undefined && minimum_parcels === undefined) {
        const expected = 'minimum_percent, maximum_percent or minimum_parcels';
        faults.add(at, `got no bound, expected ${expected}`);
      }
      if (least !== undefined && most !== undefined && least > most) {
        const detail = `got ${most}, expected minimum_percent (${least}) or more`;
        faults.add(`${at}/maximum_percent`, detail);
      }
    });
  });
}

function checkServices(network: CheckedNetwork, refer: Refer, faults: FaultList): void {
  const cards = new Map(network.rate_cards.rows.map((card) => [card?.id, card]));
  network.services.rows.forEach((service, index) => {
    if (service === null) return;
    const at = `/services/${index}`;
    refer.one('carriers', service.carrier_id, `${at}/carrier_id`);
    refer.one('rate_cards', service.rate_card_id, `${at}/rate_card_id`);
    const card = cards.get(service.rate_card_id);
    service.lanes.forEach((lane, laneIndex) => {
      const lane_at = `${at}/lanes/${laneIndex}`;
      refer.all('warehouses', lane.warehouses, `${lane_at}/warehouses`);
      refer.all('zones', lane.zones, `${lane_at}/zones`);
      checkTime(lane, refer, lane_at, faults);
      if (card && !Object.hasOwn(card.rates, lane.rate_area)) {
        const expected = `a rate area of /rate_cards ${card.id} (${someKeys(card.rates)})`;
        faults.add(`${lane_at}/rate_area`, `got ${shown(lane.rate_area)}, expected ${expected}`);
      }
    });
  });
}

/** A lane takes the time of a distribution, or goes over hubs. */
function checkTime(
  { transit_time_id, via }: Service['lanes'][number],
  refer: Refer,
  at: string,
  faults: FaultList,
): void {
  if ((transit_time_id === undefined) === (via === undefined)) {
    const got = via === undefined ? 'neither' : 'both';
    faults.add(at, `got ${got} of transit_time_id and via, expected one of them`);
  }
  if (transit_time_id !== undefined) {
    refer.one('transit_times', transit_time_id, `${at}/transit_time_id`);
  }
  refer.all('carriers', via?.carriers, `${at}/via/carriers`);
  for (const side of ['first_mile', 'last_mile'] as const) {
    via?.[side].forEach((mile, index) => {
      const mile_at = `${at}/via/${side}/${index}`;
      refer.one('hubs', mile.hub_id, `${mile_at}/hub_id`);
      refer.one('transit_times', mile.transit_time_id, `${mile_at}/transit_time_id`);
      if (mile.carrier_id !== undefined) {
        refer.one('carriers', mile.carrier_id, `${mile_at}/carrier_id`);
      }
    });
  }
}

function someKeys(rates: object): string {
  const keys = Object.keys(rates).map(pointerSegment);
  return keys.length <= 8 ? keys.join(', ') : `${keys.slice(0, 8).join(', ')}, …`;
}

function checkLegs(network: CheckedNetwork, refer: Refer, faults: FaultList): void {
  network.legs.rows.forEach((leg, index) => {
    if (leg === null) return;
    refer.one('carriers', leg.carrier_id, `/legs/${index}/carrier_id`);
    refer.one('hubs', leg.from_hub_id, `/legs/${index}/from_hub_id`);
    refer.one('hubs', leg.to_hub_id, `/legs/${index}/to_hub_id`);
    if (leg.transit_time_id !== undefined) {
      refer.one('transit_times', leg.transit_time_id, `/legs/${index}/transit_time_id`);
    }
    if (leg.from_hub_id === leg.to_hub_id) {
      const detail = `got ${shown(leg.to_hub_id)}, expected another hub than from_hub_id`;
      faults.add(`/legs/${index}/to_hub_id`, detail);
    }
  });
}

function checkGuarantees(network: CheckedNetwork, refer: Refer): void {
  network.guarantees.rows.forEach((guarantee, index) => {
    if (guarantee === null) return;
    const at = `/guarantees/${index}`;
    refer.all('platforms', guarantee.platform_ids, `${at}/platform_ids`);
    refer.all('services', guarantee.service_ids, `${at}/service_ids`);
    refer.all('zones', guarantee.zone_ids, `${at}/zone_ids`);
  });
}
