/**
 * The CSV form of the network, one file per table, written out: which column of which file holds
 * which field. docs/network.md shows the same list; a test keeps the two alike.
 */
import type { CellKind } from './network-csv-cells.ts';

/** A column: its name, what it holds, and the path of the field it fills (its name, if not given). */
export interface Column {
  readonly name: string;
  readonly kind: CellKind;
  readonly path?: readonly (string | number)[];
  readonly must?: true;
}

const text = (name: string): Column => ({ name, kind: 'text' });
const number = (name: string): Column => ({ name, kind: 'number' });
const truth = (name: string): Column => ({ name, kind: 'truth' });
const list = (name: string): Column => ({ name, kind: 'list' });
const must = (column: Column): Column => ({ ...column, must: true });
const at = (column: Column, ...path: (string | number)[]): Column => ({ ...column, path });

const id = must(text('id'));
const lon = must(at(number('lon'), 'position', 0));
const lat = must(at(number('lat'), 'position', 1));
const zone = must(text('time_zone'));
const country = must(text('country'));

/**
 * Columns by file (without `.csv`). `rates`, `lanes`, `share_bands` and `transit_times` are the
 * long form of what a document nests: several rows make one rate card, one service's lanes, one
 * carrier's bands, one distribution.
 */
export const CSV_COLUMNS = {
  network: [text('name'), must(text('currency'))],
  policy: [
    id,
    ...['confidence', 'split_limit', 'split_penalty', 'lateness_per_day', 'time_per_day'].map(
      number,
    ),
    ...['decision_seconds', 'quote_seconds', 'lease_seconds'].map(number),
    ...['tender_attempts', 'decide_attempts'].map(number),
  ]
    .map(must)
    .concat([
      number('on_time_confidence'),
      number('answer_seconds'),
      { name: 'apart', kind: 'pairs' },
      ...['explore_share', 'freeze_seconds', 'redecide_saving', 'carbon_per_kg'].map(number),
    ]),
  platforms: [id, text('name'), number('decision_seconds')],
  sellers: [id, text('name')],
  skus: [
    id,
    must(text('seller_id')),
    text('name'),
    text('gtin'),
    ...['weight_grams', 'length_mm', 'width_mm', 'height_mm'].map(number).map(must),
    text('temperature'),
    truth('hazardous'),
    number('minimum_life_days'),
    text('goods_class'),
  ],
  warehouses: [
    id,
    text('name'),
    lon,
    lat,
    country,
    zone,
    must({ name: 'hours', kind: 'hours' }),
    list('holidays'),
    { name: 'cut_offs', kind: 'time' },
    must(number('processing_seconds')),
    ...['picks_per_hour', 'parcels_per_day', 'handling_per_parcel', 'handling_per_unit'].map(
      number,
    ),
    list('temperatures'),
    truth('hazardous'),
  ],
  zones: [
    id,
    country,
    zone,
    list('postal_prefixes'),
    { name: 'polygon', kind: 'polygon' },
    at(number('center_lon'), 'circle', 'center', 0),
    at(number('center_lat'), 'circle', 'center', 1),
    at(number('radius_metres'), 'circle', 'radius_metres'),
    truth('remote'),
    { name: 'delivery_hours', kind: 'hours' },
    list('holidays'),
  ],
  carriers: [id, text('name')],
  share_bands: [
    must(text('carrier_id')),
    list('zones'),
    must(text('period')),
    ...['minimum_percent', 'maximum_percent', 'minimum_parcels'].map(number),
    must(number('penalty_per_parcel')),
  ],
  rate_cards: [id, number('cm3_per_kg'), number('fuel_percent'), number('remote_surcharge')],
  rates: [
    must(text('rate_card_id')),
    must(text('rate_area')),
    must(number('weight_up_to_grams')),
    must(number('base')),
    number('per_kg'),
    number('minimum'),
  ],
  transit_times: [id, must(number('probability')), must(number('seconds'))],
  services: [
    id,
    must(text('carrier_id')),
    text('name'),
    must(text('rate_card_id')),
    must({ name: 'pickups', kind: 'times' }),
    list('pickup_holidays'),
    list('temperatures'),
    truth('hazardous'),
    ...['max_weight_grams', 'max_length_mm', 'max_girth_plus_length_mm'].map(number),
    ...['parcels_per_day', 'parcels_per_day_per_warehouse'].map(number),
    number('carbon_grams_per_tonne_km'),
  ],
  lanes: [
    must(text('service_id')),
    list('warehouses'),
    list('zones'),
    must(text('rate_area')),
    text('transit_time_id'),
    at({ name: 'first_mile', kind: 'miles' }, 'via', 'first_mile'),
    at({ name: 'last_mile', kind: 'miles' }, 'via', 'last_mile'),
    at(list('leg_carriers'), 'via', 'carriers'),
  ],
  hubs: [id, text('name'), lon, lat, zone, number('transfer_seconds')],
  legs: [
    id,
    must(text('carrier_id')),
    must(text('from_hub_id')),
    must(text('to_hub_id')),
    { name: 'departures', kind: 'times' },
    must(number('duration_seconds')),
    text('transit_time_id'),
    number('cost'),
    number('carbon_grams'),
  ],
  guarantees: [
    id,
    text('name'),
    list('platform_ids'),
    list('service_ids'),
    list('zone_ids'),
    must(number('confidence')),
    must(number('remedy_amount')),
    list('exclusions'),
  ],
} as const satisfies { readonly [file: string]: readonly Column[] };

/** A CSV file of the network, by name without `.csv`. */
export type CsvFile = keyof typeof CSV_COLUMNS;

/** True for the name of a CSV file of the network. */
export function isCsvFile(name: string): name is CsvFile {
  return Object.hasOwn(CSV_COLUMNS, name);
}
