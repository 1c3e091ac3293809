/** Parcels at risk or late, the most urgent first, a page at a time. Pure. */
import { MILESTONES, milestoneOwner } from '../../domain/milestones.ts';
import type { OpenParcel } from './board.ts';
import { oncePerLook } from './once-per-look.ts';
import type { TowerState } from './tower-state.ts';

export interface AtRiskFilter {
  readonly risk?: 'at_risk' | 'breached' | undefined;
  readonly warehouse_id?: string | undefined;
  readonly carrier_id?: string | undefined;
  readonly after: { readonly due_seconds: number; readonly shipment_id: string } | null;
  readonly limit: number;
}

/** When the next thing is due: what has no milestone left is due at its promise. */
const dueOf = ({ next_due_seconds, promise_seconds }: OpenParcel) =>
  next_due_seconds ?? promise_seconds;

const byUrgency = (a: OpenParcel, b: OpenParcel) =>
  dueOf(a) - dueOf(b) || (a.shipment_id < b.shipment_id ? -1 : 1);

const sorted = oncePerLook((state: TowerState, _also: undefined) =>
  [...state.board.endangered].sort(byUrgency),
);

/** The page after `after`; `last` is its last position if there may be more. */
export function tellAtRisk(state: TowerState, filter: AtRiskFilter) {
  const { risk, warehouse_id, carrier_id, after, limit } = filter;
  const page: OpenParcel[] = [];
  let isMore = false;
  for (const parcel of sorted(state, undefined)) {
    if (after !== null && !isAfter(parcel, after)) continue;
    if (risk !== undefined && parcel.risk !== risk) continue;
    if (warehouse_id !== undefined && parcel.warehouse_id !== warehouse_id) continue;
    if (carrier_id !== undefined && parcel.carrier_id !== carrier_id) continue;
    isMore = page.length === limit;
    if (isMore) break;
    page.push(parcel);
  }
  const end = page.at(-1);
  return {
    parcels: page.map(tellParcel),
    last:
      isMore && end !== undefined
        ? { due_seconds: dueOf(end), shipment_id: end.shipment_id }
        : null,
  };
}

function isAfter(parcel: OpenParcel, after: NonNullable<AtRiskFilter['after']>): boolean {
  const due = dueOf(parcel);
  if (due !== after.due_seconds) return due > after.due_seconds;
  return parcel.shipment_id > after.shipment_id;
}

function tellParcel(parcel: OpenParcel) {
  const { shipment_id, order_id, warehouse_id, carrier_id, service_id, state, risk } = parcel;
  const owes = parcel.next_milestone === null ? null : MILESTONES[parcel.next_milestone - 1]!;
  return {
    ...{ shipment_id, order_id, warehouse_id, carrier_id, service_id, state, risk, owes },
    owner: owes === null ? null : milestoneOwner(owes, parcel),
    due_at: parcel.next_due_seconds === null ? null : instant(parcel.next_due_seconds),
    promise_at: instant(parcel.promise_seconds),
  };
}

const instant = (seconds: number) => Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
