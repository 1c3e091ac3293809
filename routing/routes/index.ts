/** Routes over hubs and timetables. */
export { type ArrivalTree, earliestArrivals, NEVER, routeTo } from './connection-scan.ts';
export { paretoRoutes, type RouteLabel } from './pareto-routes.ts';
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
