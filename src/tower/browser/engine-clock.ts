/** The engine's clock, between two answers that told it: it may run faster than the viewer's. */

let told_ms = 0;
let rate = 1;
/** How fast it went between the last answers: a clock may wait for the engine's work. */
let pace = 1;
let told_at = 0;
let isKnown = false;

/** Sets the clock by an answer. */
export function setClock(answer: { readonly as_of: string; readonly clock_rate: number }): void {
  const at = Date.parse(answer.as_of);
  // Answers may overtake each other: the clock never goes back by one of them.
  if (isKnown && at < told_ms) return;
  rate = answer.clock_rate;
  const passed = performance.now() - told_at;
  const went = isKnown && passed > 0 ? (at - told_ms) / passed : rate;
  pace = isKnown ? Math.min(rate, (pace + went) / 2) : rate;
  told_ms = at;
  told_at = performance.now();
  isKnown = true;
}

/** The engine's time now, ms since 1970; null before the first answer. */
export function engineNow(): number | null {
  if (!isKnown) return null;
  // Without news for long the clock is not believed to run on.
  const elapsed = Math.min(performance.now() - told_at, 10_000);
  return told_ms + elapsed * pace;
}

/** How many times as fast as real time the engine's clock runs, as people would say it. */
export function clockRate(): number {
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
