/** What a policy must be for costs and promises to mean anything. */
import {
  assertAmount,
  assertEach,
  assertObject,
  assertShare,
  assertText,
  fault,
  MONEY,
} from './assert-field.ts';
import type { PolicyInput } from './types.ts';

/** Each kind of goods that is kept apart is a bit of a number. */
const MOST_KINDS = 30;

/**
 * Checks weights and rules. O(pairs of `apart`).
 *
 * @throws RangeError that names the field (`policy.…`), what was got and what was expected.
 */
export function assertPolicy(policy: PolicyInput): void {
  assertObject(policy, 'policy', 'the weights and rules of deciding');
  const { confidence, split_limit, apart } = policy;
  if (!(typeof confidence === 'number' && confidence > 0 && confidence < 1)) {
    throw fault('policy.confidence', confidence, 'a probability above 0 and below 1');
  }
  // Infinity is no limit.
  if (!(typeof split_limit === 'number' && split_limit >= 1) || split_limit % 1 > 0) {
    throw fault('policy.split_limit', split_limit, 'a whole number of parcels, at least 1');
  }
  assertAmount(policy.split_penalty, 'policy.split_penalty', MONEY);
  assertAmount(policy.lateness_per_day, 'policy.lateness_per_day', MONEY);
  assertAmount(policy.time_per_day, 'policy.time_per_day', MONEY);
  assertAmount(policy.carbon_per_kg ?? 0, 'policy.carbon_per_kg', MONEY);
  assertAmount(policy.answer_seconds ?? 0, 'policy.answer_seconds', 'seconds');
  assertShare(policy.on_time_confidence ?? 0, 'policy.on_time_confidence');
  assertApart(apart ?? []);
}

function assertApart(pairs: NonNullable<PolicyInput['apart']>): void {
  assertEach(pairs, 'policy.apart', (pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw fault('', pair, 'a pair of kinds of goods');
    }
    assertText(pair[0], '[0]');
    assertText(pair[1], '[1]');
    if (pair[0] === pair[1]) throw fault('[1]', pair[1], 'another kind than the first');
  });
  const kinds = new Set(pairs.flat()).size;
  if (kinds > MOST_KINDS) {
    throw fault('policy.apart', kinds, `${MOST_KINDS} kinds of goods at most`);
  }
}
