/** How buyers and shops behave beside ordering. Pure; each choice follows from the order's number. */
import type { Wish } from './demand.ts';
import { randomFor } from './random.ts';

/** What happens around one order. */
export interface ShopPlan {
  /** Asks for dates first, takes one of them after a while; null = orders at once. */
  readonly quote: { readonly label: string; readonly after_seconds: number } | null;
  /** The buyer thinks better of it; null = does not. */
  readonly cancel_after_seconds: number | null;
  /** How long a buyer waits for goods that are sold out. */
  readonly patience_seconds: number;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const QUOTES = 0.35;
const CANCELS = 0.018;
/** Which of the dates offered buyers take. */
const LABELS = ['cheapest', 'best_value', 'best_value', 'fastest'] as const;

/** The plan of an order. */
export function planOrder(seed: number, { external_ref }: Wish): ShopPlan {
  const random = randomFor(seed, 'shop', external_ref);
  const quotes = random.chance(QUOTES);
  const label = random.pick(LABELS);
  const after_seconds = MINUTE * (2 + 38 * random.next());
  const cancels = random.chance(CANCELS);
  const cancel_after_seconds = MINUTE * 10 + 6 * HOUR * random.next();
  return {
    quote: quotes ? { label, after_seconds } : null,
    cancel_after_seconds: cancels ? cancel_after_seconds : null,
    patience_seconds: DAY * (2 + 1.5 * random.next()),
  };
}
