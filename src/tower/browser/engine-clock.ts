/** The engine's clock, between two answers that told it: it may run faster than the viewer's. */

let told_ms = 0;
let rate = 1;
let told_at = 0;
let isKnown = false;

/** Sets the clock by an answer. */
export function setClock(answer: { readonly as_of: string; readonly clock_rate: number }): void {
  const at = Date.parse(answer.as_of);
  // Answers may overtake each other: the clock never goes back by one of them.
  if (isKnown && at < told_ms) return;
  told_ms = at;
  rate = answer.clock_rate;
  told_at = performance.now();
  isKnown = true;
}

/** The engine's time now, ms since 1970; null before the first answer. */
export function engineNow(): number | null {
  if (!isKnown) return null;
  // Without news for long the clock is not believed to run on.
  const elapsed = Math.min(performance.now() - told_at, 10_000);
  return told_ms + elapsed * rate;
}

/** How many times as fast as real time the engine's clock runs, as people would say it. */
export function clockRate(): number {
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
