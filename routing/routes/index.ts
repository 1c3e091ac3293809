/** Routes over hubs and timetables. */
export { type ArrivalTree, earliestArrivals, NEVER, routeTo } from './connection-scan.ts';
export { disruptBook } from './disrupt-book.ts';
export { type Itinerary, itinerariesFrom, MOST_ITINERARIES } from './itineraries.ts';
export { paretoRoutes, type RouteLabel } from './pareto-routes.ts';
export {
  lawAt,
  openBook,
  ROUTE_DAYS,
  type Route,
  type RouteBook,
  SEARCH_DAYS,
} from './route-book.ts';
export { type Profile, profileTo, type RouteLeg } from './route-profile.ts';
export { type RouteTrace, traceRoute, type WayToTrace } from './route-times.ts';
export { type Disruption, RouteTrees } from './route-trees.ts';
export {
  buildTimetable,
  type Connection,
  cancelConnection,
  delayConnection,
  firstDeparture,
  type Passage,
  placeOf,
  type Timetable,
} from './timetable.ts';
