/** Groups of which little is known lean on those they belong to. */
import { describe, expect, it } from 'vitest';
import { DAY_SECONDS, LEVELS, RollingCalibration } from '../../../routing/index.ts';

const NOW = 1.75e9;
const forecast = { log_seconds: LEVELS.map(() => Math.log(DAY_SECONDS)), spread: 1 };
const OPTIONS = {
  ...{ window_days: 35, lost_after_days: 60, least_count: 60, shrink_count: 200 },
  refresh_seconds: 1,
};

/** `own` journeys of the group that took e times what was forecast, among 1,000 that took just that. */
function calibrationWith(own: number): RollingCalibration {
  const calibration = new RollingCalibration(OPTIONS);
  const begin = (groups: readonly string[], seconds: number) => {
    const started_seconds = NOW - 20 * DAY_SECONDS;
    const ended_seconds = started_seconds + seconds;
    calibration.begin({ groups, started_seconds, forecast, weight: 1, ended_seconds });
  };
  for (let i = 0; i < 1000; i++) begin(['fast', 'all'], DAY_SECONDS);
  for (let i = 0; i < own; i++) begin(['slow', 'all'], Math.E * DAY_SECONDS);
  return calibration;
}

const offsetOf = (own: number, groups: readonly string[]): number =>
  Math.log(calibrationWith(own).stretch(1, groups, NOW)[LEVELS.indexOf(0.5)]!);

describe('a group of a calibration', () => {
  it('is calibrated as its parent below the least count of ended journeys', () => {
    expect(offsetOf(59, ['slow', 'all'])).toBe(offsetOf(59, ['all']));
    expect(offsetOf(59, ['never seen', 'all'])).toBe(offsetOf(59, ['all']));
    expect(offsetOf(59, ['all'])).toBeCloseTo(0, 9);
  });

  it('answers for itself from then on, the more the more of its own have ended', () => {
    for (const own of [60, 200, 600]) {
      expect(offsetOf(own, ['slow', 'all'])).toBeCloseTo(own / (own + OPTIONS.shrink_count), 6);
    }
  });
});
