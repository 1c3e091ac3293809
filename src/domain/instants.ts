/** Between the two forms of an instant: `Temporal.Instant` here, whole seconds since 1970 in routing. */

/** Whole seconds since 1970 (UTC) at an instant, rounded down. */
export function secondsOf(instant: Temporal.Instant): number {
  return Math.floor(instant.epochMilliseconds / 1000);
}

/** The instant at `seconds` since 1970 (UTC). */
export function instantOf(seconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
}

/** Prints instants as RFC 3339, each only once: a batch's are few, and dear to print. */
export function instantPrinter(): (instant: Temporal.Instant) => string {
  const printed = new Map<Temporal.Instant, string>();
  return (instant) => {
    let text = printed.get(instant);
    if (text === undefined) {
      text = instant.toString();
      printed.set(instant, text);
    }
    return text;
  };
}

const DAY_SECONDS = 86_400;

/**
 * The instant at whole `seconds` since 1970 as RFC 3339 text, years 0 to 9999: for the many that are
 * only stored or told, at a tenth of what a `Temporal.Instant` costs to make and print. The date by
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
export function instantText(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  const second = seconds - days * DAY_SECONDS;
  const shifted = days + 719_468; // days since 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const time = `${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}Z`;
}

function two(value: number): string {
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : `${whole}`;
}
