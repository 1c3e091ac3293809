/** The settings of looking at decisions again: part of the one table in `config.ts`. */
import { count } from './settings.ts';

/** How much is decided beside what decides, and how often what was decided is decided again. */
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
  redecide_seconds: count('PORTOLAN_REDECIDE_SECONDS', 60, {
    min: 0,
    doc: 'How often (s) orders that no carrier has yet are decided again together; 0 = never.',
  }),
  redecide_offers: count('PORTOLAN_REDECIDE_OFFERS', 2_000, {
    doc: 'Newest open offers (count) whose orders may be decided again, and are known to prices.',
  }),
  redecide_orders: count('PORTOLAN_REDECIDE_ORDERS', 300, {
    max: 2_000,
    doc: 'Most orders (count) decided again together.',
  }),
  redecide_work: count('PORTOLAN_REDECIDE_WORK', 2_000_000, {
    doc: 'Most solver steps (count) used for finding other plans in one turn.',
  }),
  redecide_timeout_seconds: count('PORTOLAN_REDECIDE_TIMEOUT_SECONDS', 60, {
    doc: 'Longest time (s) the programme over those plans may take.',
  }),
} as const;
