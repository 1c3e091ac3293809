/**
 * The decision library: pure functions over typed arrays, usable alone (`portolan/routing`).
 *
 *   const network = compileNetwork(document, { from_seconds });      // once per network version and day
 *   const board = openBoard(network, stock, capacity);               // live stock and capacity of a batch
 *   const result = source(network, board, order, { work: 2_000_000 }); // one joint decision
 *   if (result.outcome === 'sourced') take(board, result);           // the next order sees it taken
 *   const violations = checkPlan({ network: document, stock, capacity, order, plan: result });
 *
 * Input that means nothing is refused with a RangeError that names the first such field by its path, what was
 * got and what was expected: `services[3].lanes[0].zones[1]: got "Z9", expected the id of a row of zones`.
 */
export { type Board, giveBack, openBoard, type Taken, take, usedOf } from './board.ts';
export {
  type BatchCheck,
  checkPlan,
  type PlanToCheck,
  prepareBatchChecker,
  prepareChecker,
} from './checker.ts';
export { disruptInSteps, disruptNetwork } from './compile-routes.ts';
export { explain, MOST_ALTERNATIVES } from './explain.ts';
export { explainRefusal } from './explain-refusal.ts';
export {
  type CompiledNetwork,
  compiledUntil,
  compileInSteps,
  compileNetwork,
  type Horizon,
  recompileCalendars,
  recompileInSteps,
  zonesOf,
} from './network.ts';
export { timeCost } from './objective.ts';
export { onTimeProbability } from './on-time.ts';
export { orderBySeconds } from './order-by.ts';
export * from './prices/index.ts';
export * from './promise/index.ts';
export { type QuoteOption, quoteOptions } from './quote.ts';
export {
  keepsPromise,
  otherRoutes,
  priceRoute,
  type RoutedParcel,
  type RoutePrice,
} from './reroute.ts';
export * from './routes/index.ts';
export { greedySource, source } from './source.ts';
export * from './types.ts';
export { boardUnder, withPolicy } from './with-policy.ts';
