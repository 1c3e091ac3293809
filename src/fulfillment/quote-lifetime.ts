/** How long an offer of a quote is good. No I/O. */
import { orderBySeconds, type SourcedPlan } from '../../routing/index.ts';
import { instantOf } from '../domain/instants.ts';
import type { LiveNetwork } from './engine.ts';

/** When an offer ends: with its quote, or as soon as its pickups would not wait for the buyer. */
export function offerEnd(
  { compiled }: LiveNetwork,
  plan: SourcedPlan,
  quote_end: Temporal.Instant,
): Temporal.Instant {
  const too_late = instantOf(orderBySeconds(compiled, plan) + 1);
  return Temporal.Instant.compare(quote_end, too_late) <= 0 ? quote_end : too_late;
}

/** The later of two instants. */
export function later(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) >= 0 ? a : b;
}
