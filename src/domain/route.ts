/** The route of a shipment over hubs: what it passes, and how it is told. */
import { instantOf } from './instants.ts';

/** A mile of a route, as stored. */
export interface RouteMile {
  readonly kind: 'first_mile' | 'leg' | 'last_mile';
  readonly carrier_id: string;
  readonly leg_id?: string | undefined;
  readonly from_hub_id?: string | undefined;
  readonly to_hub_id?: string | undefined;
  readonly departs_seconds: number;
  readonly arrives_seconds: number;
}

/** A route with what its legs cost (minor units) and emit. */
export interface RouteStored<Mile extends RouteMile = RouteMile> {
  readonly steps: readonly Mile[];
  readonly cost: number;
  readonly carbon_grams: number;
}

/** Names of the hubs and legs that a route passes: `hub/<id>`, `leg/<id>`, each once. */
export function partsOf({ steps }: RouteStored): string[] {
  const parts = steps.flatMap(({ leg_id, from_hub_id, to_hub_id }) => [
    ...(leg_id === undefined ? [] : [`leg/${leg_id}`]),
    ...[from_hub_id, to_hub_id].flatMap((hub) => (hub === undefined ? [] : [`hub/${hub}`])),
  ]);
  return [...new Set(parts)].sort();
}

/** A route as parties read it: instants in the place of seconds; null where there is none. */
export function tellRoute(route: RouteStored | null | undefined) {
  if (route === null || route === undefined) return null;
  const { steps, cost, carbon_grams } = route;
  return {
    cost,
    carbon_grams,
    steps: steps.map(({ kind, carrier_id, leg_id, from_hub_id, to_hub_id, ...when }) => ({
      kind,
      carrier_id,
      leg_id: leg_id ?? null,
      from_hub_id: from_hub_id ?? null,
      to_hub_id: to_hub_id ?? null,
      departs_at: instantOf(when.departs_seconds),
      arrives_at: instantOf(when.arrives_seconds),
    })),
  };
}
