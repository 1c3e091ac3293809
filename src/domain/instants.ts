/** Between the two forms of an instant: `Temporal.Instant` here, whole seconds since 1970 in routing. */

/** The instant at `seconds` since 1970 (UTC). */
export function instantOf(seconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
}
