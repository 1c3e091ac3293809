/** Open parcels in columns, a page at a time, in the order of their ids. Pure. */
import type { Static } from 'typebox';
import type { TowerParcels } from '../resources/tower-answer.ts';
import { OPEN_STATES, type OpenParcel, RISKS } from './board.ts';
import { oncePerLook } from './once-per-look.ts';
import type { TowerState } from './tower-state.ts';

type Page = Omit<Static<typeof TowerParcels>, 'next_cursor'> & { readonly last: string | null };

/** All parcels by id: O(n log n), once per look and not per viewer. */
const sorted = oncePerLook((state: TowerState, _also: undefined) =>
  [...state.board.parcels.values()].sort((a, b) => (a.shipment_id < b.shipment_id ? -1 : 1)),
);

/** The page after the parcel `after`; `last` is the id of its last parcel if there may be more. */
export function tellParcels(
  state: TowerState,
  { after, limit }: { after: string | null; limit: number },
): Page {
  const all = sorted(state, undefined);
  const from = after === null ? 0 : firstAfter(all, after);
  const page = all.slice(from, from + limit);
  const warehouses = indexOf(page, 'warehouse_id');
  const zones = indexOf(page, 'zone_id');
  const carriers = indexOf(page, 'carrier_id');
  const column = <T>(value: (parcel: OpenParcel) => T) => page.map(value);
  return {
    as_of: state.as_of,
    clock_rate: state.clock_rate,
    seq: state.seq,
    warehouses: [...warehouses.keys()],
    zones: [...zones.keys()],
    carriers: [...carriers.keys()],
    states: [...OPEN_STATES],
    shipment_id: column(({ shipment_id }) => shipment_id),
    order_id: column(({ order_id }) => order_id),
    warehouse: column(({ warehouse_id }) => warehouses.get(warehouse_id)!),
    zone: column(({ zone_id }) => zones.get(zone_id)!),
    carrier: column(({ carrier_id }) => carriers.get(carrier_id)!),
    state: column((parcel) => OPEN_STATES.indexOf(parcel.state)),
    risk: column(({ risk }) => RISKS.indexOf(risk)),
    pickup_seconds: column(({ pickup_seconds }) => pickup_seconds),
    expected_seconds: column(({ expected_seconds }) => expected_seconds),
    position: column(({ position }) => position),
    last: from + limit < all.length ? (page.at(-1)?.shipment_id ?? null) : null,
  };
}

/** Numbers the values of a field in the order they appear. */
function indexOf(
  page: readonly OpenParcel[],
  field: 'warehouse_id' | 'zone_id' | 'carrier_id',
): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const parcel of page) {
    if (!numbers.has(parcel[field])) numbers.set(parcel[field], numbers.size);
  }
  return numbers;
}

/** Binary search. */
function firstAfter(all: readonly OpenParcel[], id: string): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]!.shipment_id <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
