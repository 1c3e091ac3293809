/**
 * Promises one can trust: distributions of delivery times, learned event by event, calibrated so that
 * what is stated is kept.
 *
 *   const stages = new StageForecaster(new SketchTree(…), new SketchTree(…)); // or BoostedForecaster
 *   const calibration = new RollingCalibration();
 *   const forecast = stages.forecast(paths, now, { transit: published });      // f, at LEVELS
 *   const seconds = calibration.calibrated(forecast, groups, now);             // promises, at LEVELS
 *   calibration.begin(journey);                                                // its end: later
 */
export {
  BoostedForecaster,
  type JourneyCase,
  type OpenCase,
  type Stages,
} from './boosted-forecast.ts';
export {
  type BoostedTrees,
  type BoostingOptions,
  fitTrees,
  predictTrees,
} from './boosted-trees.ts';
export {
  CALIBRATION_OPTIONS,
  type CalibrationOptions,
  type Forecast,
  type Journey,
  RollingCalibration,
  type StoredCalibration,
} from './calibration.ts';
export { convolve } from './convolution.ts';
export {
  addDuration,
  type DurationSketch,
  emptySketch,
  LEVELS,
  mergeSketch,
  sketchQuantiles,
} from './duration-sketch.ts';
export { type Lifetime, survivalProbability, survivalQuantiles } from './kaplan-meier.ts';
export { type LearnedTransit, withLearnedTransit } from './learned-transit.ts';
export { SketchTree, type StoredTree, type TreeOptions } from './sketch-tree.ts';
export {
  forecastOf,
  StageForecaster,
  type StagePaths,
  type StagePriors,
  type StoredStages,
} from './stage-forecast.ts';
export {
  type LearnerOptions,
  type PlannedShipment,
  type StoredLearner,
  TransitLearner,
} from './transit-learner.ts';
