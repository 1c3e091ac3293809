/**
 * Promises one can trust: distributions of delivery times, learned event by event, calibrated so that
 * what is stated is kept.
 *
 *   const learner = new TransitLearner(options);
 *   learner.plan(shipment, now);                                     // … handOver, deliver, withdraw
 *   const rows = learner.learned(document, now);                     // a version: stored, loaded
 *   compileNetwork(withLearnedTransit(document, rows), horizon);     // deciders and quotes go by it
 */
export {
  CALIBRATION_OPTIONS,
  type CalibrationOptions,
  type Forecast,
  type Journey,
  RollingCalibration,
  type StoredCalibration,
} from './calibration.ts';
export { containingZones } from './containing-zones.ts';
export {
  addDuration,
  type DurationSketch,
  emptySketch,
  LEVELS,
  mergeSketch,
  sketchQuantiles,
} from './duration-sketch.ts';
export { type Lifetime, survivalProbability, survivalQuantiles } from './kaplan-meier.ts';
export { type LearnedRow, type LearnedTransit, withLearnedTransit } from './learned-transit.ts';
export { levelIn, type PresentLevels, presentLevels, shiftsOf } from './present-level.ts';
export { SketchTree, type StoredTree, type TreeOptions } from './sketch-tree.ts';
export { lastMileOf } from './transit-cells.ts';
export { forecastOf } from './transit-forecast.ts';
export {
  type LearnerOptions,
  type PlannedShipment,
  type StoredLearner,
  TransitLearner,
} from './transit-learner.ts';
