/**
 * The checker's own distributions: shares of the parcels between two instants, cut and moved. Shares no
 * code with the routes' library.
 */
export type Points = readonly (readonly [number, number])[];
/** A share of the parcels between two instants. */
export type Span = readonly [share: number, from: number, to: number];

/** Slices spans at instants, then moves each slice. O(spans × cuts log cuts). */
export function move(
  spans: readonly Span[],
  cuts: readonly number[],
  where: (from: number, to: number) => readonly [number, number],
): Span[] {
  const moved: Span[] = [];
  for (const [share, from, to] of spans) {
    const inner = [...new Set(cuts)].filter((cut) => cut > from && cut < to).sort((a, b) => a - b);
    const edges = [from, ...inner, to];
    for (let i = 1; i < edges.length; i++) {
      const [a, b] = [edges[i - 1]!, edges[i]!];
      const part = to > from ? (share * (b - a)) / (to - from) : share;
      moved.push([part, ...where(a, b)]);
    }
  }
  return moved;
}

function spansOf(points: Points): Span[] {
  const spans: Span[] = [[points[0]![0], points[0]![1], points[0]![1]]];
  for (let i = 1; i < points.length; i++) {
    spans.push([points[i]![0] - points[i - 1]![0], points[i - 1]![1], points[i]![1]]);
  }
  const [reached, longest] = points.at(-1)!;
  spans.push([1 - reached, longest, longest]);
  return spans.filter(([share]) => share > 0);
}

/**
 * Share of the parcels at each instant (epoch seconds) at which the distribution bends: just before it,
 * and with it. O(spans²).
 */
export function pointsFrom(spans: readonly Span[]): [number, number][] {
  const instants = [...new Set(spans.flatMap(([, from, to]) => [from, to]))].sort((a, b) => a - b);
  const points: [number, number][] = [];
  for (const at of instants) {
    let [before, with_it] = [0, 0];
    for (const [share, from, to] of spans) {
      if (from === to) {
        if (from < at) before += share;
        if (from <= at) with_it += share;
      } else {
        const part = Math.min(1, Math.max(0, (at - from) / (to - from)));
        before += share * part;
        with_it += share * part;
      }
    }
    if (points.length > 0 || with_it - before < 1e-12) points.push([before, at]);
    if (with_it - before >= 1e-12) points.push([with_it, at]);
  }
  points.at(-1)![0] = 1;
  return points;
}

/** Instant by which a share has come. O(points). */
export function quantileOf(points: Points, share: number): number {
  const i = points.findIndex(([reached]) => reached >= share);
  if (i <= 0) return points.at(i)![1];
  const [[p0, x0], [p1, x1]] = [points[i - 1]!, points[i]!];
  return p1 > p0 ? x0 + ((x1 - x0) * (share - p0)) / (p1 - p0) : x1;
}

/**
 * A time on top: spread on spread is put into cells of a quarter of an hour or more.
 * O(spans × (points + cells)), at most some 192 cells.
 */
export function after(spans: readonly Span[], time: Points): Span[] {
  const times = spansOf(time);
  const isFixed = times.length === 1 && times[0]![1] === times[0]![2];
  const starts = isFixed || spans.every(([, from, to]) => from === to) ? spans : cells(spans);
  return starts.flatMap(([share, from, to]) =>
    times.map(([part, a, b]): Span => [share * part, from + a, to + b]),
  );
}

function cells(spans: readonly Span[]): Span[] {
  const first = Math.min(...spans.map(([, from]) => from));
  const last = Math.max(...spans.map(([, , to]) => to));
  const width = Math.max(900, (last - first) / 192);
  const count = Math.ceil((last - first) / width);
  const edges = Array.from({ length: count }, (_, i) => first + (i + 1) * width);
  const sums = new Map<number, [number, number]>();
  for (const [share, from, to] of move(spans, edges, (a, b) => [a, b])) {
    const cell = Math.floor(((from + to) / 2 - first) / width);
    const [mass, moment] = sums.get(cell) ?? [0, 0];
    sums.set(cell, [mass + share, moment + (share * (from + to)) / 2]);
  }
  return [...sums.values()].map(([mass, moment]): Span => [mass, moment / mass, moment / mass]);
}
