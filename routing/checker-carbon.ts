/** The checker's carbon: what a parcel emits by the document, and what the policy charges for it. */
import type { ParcelInHand } from './checker.ts';

const EARTH_KM = 6371.0088;

/** Unit vector of a [lon, lat]. */
function vectorOf([lon, lat]: readonly [number, number]): readonly [number, number, number] {
  const [l, b] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
  return [Math.cos(b) * Math.cos(l), Math.cos(b) * Math.sin(l), Math.sin(b)];
}

/** Kilometres over the great circle: the angle between the two vectors, well-conditioned at any length. */
function kilometres(from: readonly [number, number], to: readonly [number, number]): number {
  const [a, b] = [vectorOf(from), vectorOf(to)];
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * EARTH_KM * Math.asin(Math.min(1, chord / 2));
}

/** Grams of CO2e that the document states of a parcel; 0 where it states nothing. */
function gramsOf({ network, order, parcel, load, warehouse, service }: ParcelInHand): number {
  if (parcel.route !== undefined) {
    const legs = new Map((network.input.legs ?? []).map((leg) => [leg.id, leg]));
    return parcel.route.steps.reduce(
      (sum, { leg_id }) => sum + (legs.get(leg_id ?? '')?.carbon_grams ?? 0),
      0,
    );
  }
  const { position } = order.destination;
  const factor = service.row.carbon_grams_per_tonne_km;
  if (position === undefined || factor === undefined) return 0;
  return factor * kilometres(warehouse.row.position, position) * (load.mg / 1e9);
}

/** Notes a charge for carbon that does not follow from the parcel's way. O(legs of the network). */
export function checkCarbon(hand: ParcelInHand): void {
  const { network, parcel, note } = hand;
  const price = network.input.policy.carbon_per_kg ?? 0;
  const { carbon } = parcel.cost;
  if (price === 0) {
    if (carbon !== undefined) note('carbon_cost', `${carbon} charged, which has no price`);
    return;
  }
  const due = (price * gramsOf(hand)) / 1000;
  if (
    carbon === undefined ||
    !Number.isInteger(carbon) ||
    !(Math.abs(carbon - due) <= 0.5 + 1e-4)
  ) {
    note('carbon_cost', `${carbon} charged where ${due} is due`);
  }
}
