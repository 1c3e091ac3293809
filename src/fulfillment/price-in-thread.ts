/** Runs one pricing task in a thread of its own and waits for it, up to a limit. */
import type { PricedResources, Pricing } from '../../routing/index.ts';
import { answerInThread } from './answer-in-thread.ts';

/** Prices resources beside this thread. When it fails, decisions go on without prices. */
export async function priceInThread(
  pricing: Pricing,
  timeout_seconds: number,
): Promise<PricedResources> {
  const thread = new URL('./price-thread.ts', import.meta.url);
  return await answerInThread<PricedResources>(thread, pricing, timeout_seconds);
}
