/** Load of every warehouse and lane. Pure. */
import type { Static } from 'typebox';
import { isInWarehouse } from '../../domain/shipment.ts';
import type { LiveNetwork } from '../../fulfillment/engine.ts';
import type { TowerMap } from '../resources/tower-answer.ts';
import { type Lane, OPEN_STATES, type Tally } from './board.ts';
import { oncePerLook } from './once-per-look.ts';
import type { TowerState } from './tower-state.ts';

/** The counts of a tally that every answer gives. */
export function countsOf({ open, at_risk, breached }: Readonly<Tally>) {
  return { open, at_risk, breached };
}

/** Parcels of a tally that have not left their warehouse. */
export function inHouse({ states }: Readonly<Tally>): number {
  return states.reduce((sum, count, at) => sum + (isInWarehouse(OPEN_STATES[at]!) ? count : 0), 0);
}

/** The tally of a party that has no open parcel. */
export const NOTHING_OPEN: Readonly<Tally> = {
  states: OPEN_STATES.map(() => 0),
  ...{ open: 0, at_risk: 0, breached: 0 },
};

/** The map as of the last look. */
export const tellMap = oncePerLook(
  (state: TowerState, { version, document }: LiveNetwork): Static<typeof TowerMap> => ({
    as_of: state.as_of,
    clock_rate: state.clock_rate,
    network_version: version,
    warehouses: document.warehouses.map(({ id, parcels_per_day }) => {
      const tally = state.board.warehouses.get(id) ?? NOTHING_OPEN;
      const used = state.capacity.get(`parcels/${id}`) ?? 0;
      return {
        warehouse_id: id,
        ...countsOf(tally),
        in_house: inHouse(tally),
        taken_today: parcels_per_day === undefined ? null : used,
      };
    }),
    lanes: busiestLanes(state).map(laneOf),
  }),
);

/** Lanes that are told: more could not be told apart on a map. */
const LANES_MOST = 1500;

function busiestLanes({ board }: TowerState): Readonly<Lane>[] {
  const open = [...board.lanes.values()].filter((lane) => lane.open > 0);
  return open.sort((a, b) => b.open - a.open).slice(0, LANES_MOST);
}

function laneOf(lane: Readonly<Lane>) {
  const { warehouse_id, zone_id, located, lon_sum, lat_sum } = lane;
  const middle: [number, number] = [lon_sum / located, lat_sum / located];
  return { warehouse_id, zone_id, ...countsOf(lane), position: located > 0 ? middle : null };
}
