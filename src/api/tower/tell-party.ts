/** One warehouse or carrier: its work, capacity and scorecard. Pure. */
import type { Static } from 'typebox';
import type { Carrier, Service, Warehouse } from '../../domain/network.ts';
import type { TowerCarrier, TowerWarehouse } from '../resources/tower-answer.ts';
import { OPEN_STATES, type Tally } from './board.ts';
import { carrierScore, type Score, warehouseScore } from './scores.ts';
import { countsOf, NOTHING_OPEN } from './tell-map.ts';
import type { TowerState } from './tower-state.ts';

/** A warehouse as of the last look. */
export function tellWarehouse(
  state: TowerState,
  warehouse: Warehouse,
): Static<typeof TowerWarehouse> {
  const { id, name, position, time_zone, parcels_per_day } = warehouse;
  const tally = state.board.warehouses.get(id) ?? NOTHING_OPEN;
  const score = warehouseScore(state.scores, id);
  return {
    ...{ as_of: state.as_of, clock_rate: state.clock_rate, warehouse_id: id },
    ...{ name: name ?? null, position, time_zone, ...countsOf(tally), work: workOf(tally) },
    capacity: useOf(state.capacity, `parcels/${id}`, parcels_per_day),
    scorecard: { ...scorecardOf(state, score), short_picks: score.short_picks },
    carriers: partners(state, ([warehouse_id]) => warehouse_id === id).map(
      ([[, carrier_id], counts]) => ({ carrier_id, ...counts }),
    ),
  };
}

/** A carrier as of the last look; `services` are its own, `used` their capacity used today. */
export function tellCarrier(
  state: TowerState,
  { id, name }: Carrier,
  services: readonly Service[],
  used: ReadonlyMap<string, number>,
): Static<typeof TowerCarrier> {
  const tally = state.board.carriers.get(id) ?? NOTHING_OPEN;
  const score = carrierScore(state.scores, id);
  const { accepted, rejected, expired } = score;
  return {
    ...{ as_of: state.as_of, clock_rate: state.clock_rate, carrier_id: id },
    ...{ name: name ?? null, services: services.length, ...countsOf(tally), work: workOf(tally) },
    share: state.board.all.open === 0 ? 0 : tally.open / state.board.all.open,
    capacity: services.flatMap((service) =>
      useOf(used, `service/${service.id}`, service.parcels_per_day),
    ),
    scorecard: { ...scorecardOf(state, score), accepted, rejected, expired },
    warehouses: partners(state, ([, carrier_id]) => carrier_id === id).map(
      ([[warehouse_id], counts]) => ({ warehouse_id, ...counts }),
    ),
  };
}

function workOf({ states }: Readonly<Tally>) {
  return OPEN_STATES.map((state, at) => ({ state, parcels: states[at]! }));
}

function useOf(used: ReadonlyMap<string, number>, resource: string, limit: number | undefined) {
  if (limit === undefined) return [];
  return [{ resource, used: used.get(resource) ?? 0, limit }];
}

function scorecardOf({ since_seconds }: TowerState, score: Score) {
  const { parcels, milestones, lost, returned } = score;
  const since = Temporal.Instant.fromEpochMilliseconds(Math.round(since_seconds * 1000));
  return { since, parcels, milestones, lost, returned };
}

/** Pairs of warehouse and carrier with open parcels, most work first. */
function partners({ board }: TowerState, isMeant: (pair: [string, string]) => boolean) {
  return [...board.pairs]
    .filter(([, { open }]) => open > 0)
    .map(([key, tally]) => [key.split(' ') as [string, string], countsOf(tally)] as const)
    .filter(([pair]) => isMeant(pair))
    .sort((a, b) => b[1].open - a[1].open);
}
