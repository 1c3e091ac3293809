/** The route of a parcel as it is planned and stored: who carries it from where to where, and when. */
import type { RoutePlan, RouteStep } from '../types.ts';
import type { Route, RouteBook } from './route-book.ts';
import { traceRoute } from './route-times.ts';
import { medianOf } from './spread.ts';

/** The plan of a route for a pickup at which it arrives. `carrier_id` sells the service. O(legs × pieces). */
export function planRoute(
  book: RouteBook,
  way: Omit<Route, 'laws' | 'floor'>,
  pickup: number,
  carrier_id: string,
): RoutePlan {
  const { first, last, itinerary } = way;
  const trace = traceRoute(book, way, pickup)!;
  const when = (mile: number) => ({
    departs_seconds: medianOf(trace.miles[mile]!.starts),
    arrives_seconds: medianOf(trace.miles[mile]!.ends),
  });
  const steps: RouteStep[] = [
    {
      kind: 'first_mile',
      carrier_id: first.carrier_id ?? carrier_id,
      to_hub_id: first.hub_id,
      transit_time_id: first.transit_time_id,
      ...when(0),
    },
    ...itinerary.legs.map((leg, i): RouteStep => {
      const { input } = book.legs[leg]!;
      return {
        kind: 'leg',
        carrier_id: input.carrier_id,
        leg_id: input.id,
        from_hub_id: input.from_hub_id,
        to_hub_id: input.to_hub_id,
        ...when(i + 1),
      };
    }),
    {
      kind: 'last_mile',
      carrier_id: last.carrier_id ?? carrier_id,
      from_hub_id: last.hub_id,
      transit_time_id: last.transit_time_id,
      ...when(itinerary.legs.length + 1),
    },
  ];
  return { steps, cost: itinerary.cost, carbon_grams: itinerary.carbon };
}
