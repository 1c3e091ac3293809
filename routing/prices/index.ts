/**
 * Prices for the future: what a unit of scarce stock or capacity will be worth, from a plan-based
 * linear programme over the forecast.
 *
 *   const scenarios = openScenarios(highsSolver(highs), oracle, 10, chance);
 *   const priced = scenarios.refresh(() => expected, supply, 1);       // often, cheap when warm
 *   const plan = choosePlan(oracle, orderClass, priced.prices, supply); // one order at those prices
 */
export { regretCaps } from './caps.ts';
export {
  type Band,
  type CarrierPrice,
  type CarrierPrices,
  followShare,
  neededShares,
  type Parcels,
} from './carrier-prices.ts';
export {
  type ChoiceLimits,
  type ChoiceSolver,
  type HighsChoiceModule,
  highsChoices,
} from './choice-programme.ts';
export { choosePlan, givePlan, takePlan } from './choose.ts';
export {
  cvOfLogNormal,
  type DemandRecord,
  demandFactor,
  demandFactorAt,
  fadeDemand,
  learnedDemand,
  openDemand,
  recordDemand,
  shapeOfError,
} from './demand.ts';
export { hasDrifted } from './drift.ts';
export { type Exploration, sourceExploring } from './explore.ts';
export { type Course, followCourses, followPrices } from './follow.ts';
export {
  arrivalInstants,
  type ForecastDemand,
  forecastDemand,
  hourOfWeek,
  hoursCovered,
  LOOK_BACK_SECONDS,
  type SeenDemand,
  seasonalHours,
  weekShape,
} from './forecast.ts';
export {
  type HighsLimits,
  type HighsMatrix,
  type HighsModel,
  type HighsModule,
  highsSolver,
} from './highs-solver.ts';
export { pricesInForce, type SolvedPrices, type Trust } from './in-force.ts';
export { listWays, type SlotName, type WayLimits } from './list-ways.ts';
export {
  type ClassPlan,
  type Demands,
  openProgramme,
  type PlanProgramme,
  type Priced,
  pricedCost,
} from './plan-programme.ts';
export {
  choiceOracle,
  type PricedResources,
  type Pricing,
  type PricingClass,
  priceResources,
} from './price-resources.ts';
export { sourceAtPrices } from './priced-source.ts';
export { type HeldOrder, type Hysteresis, type Redecided, redecide } from './redecide.ts';
export {
  type Exchange,
  type MovedOrder,
  type OrderPool,
  type PooledOrders,
  type PoolSolvers,
  type RedecidedPools,
  redecidePools,
  WAITING_PRICE_SHARE,
} from './redecide-pools.ts';
export {
  type CapacityPrice,
  type CapacityPrices,
  indexPrices,
  type PricedPlan,
  type Prices,
  priceOfPlan,
  type StockPrice,
  type StockPrices,
} from './resource-prices.ts';
export {
  poissonQuantile,
  sampleBinomial,
  sampleNormal,
  samplePoisson,
  stratifiedUniforms,
} from './sampling.ts';
export {
  type ClassChance,
  openScenarios,
  type Renewal,
  type ScenarioPrices,
  type Scenarios,
} from './scenarios.ts';
export { namedChance, seededChance, shareOfText } from './seeded-chance.ts';
export { listStockSources, type StockSource } from './stock-sources.ts';
export type {
  Chance,
  LinearColumn,
  LinearModel,
  LinearOutcome,
  LinearSolver,
  Plan,
  PlanOracle,
} from './types.ts';
