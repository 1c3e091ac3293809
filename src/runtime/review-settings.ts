/** The settings of looking at decisions again: part of the one table in `config.ts`. */
import { count } from './settings.ts';

/** How much is decided beside what decides. */
export const REVIEW_SETTINGS = {
  shadow_orders: count('PORTOLAN_SHADOW_ORDERS', 64, {
    doc: 'Most orders (count) decided a second under a policy in shadow; of more, a sample.',
  }),
  shadow_work: count('PORTOLAN_SHADOW_WORK', 500_000, {
    doc: 'Most solver steps (count) used a second for a policy in shadow; beyond, it waits.',
  }),
  shadow_trials_max: count('PORTOLAN_SHADOW_TRIALS_MAX', 20_000, {
    doc: 'Orders (count) after which enough is known of a policy in shadow.',
  }),
} as const;
