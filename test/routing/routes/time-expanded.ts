/**
 * The oracle of routes, written without a line of the library: a search over (hub, instant) states in
 * order of time, and an enumeration of all ways for the three criteria.
 */
export interface OracleNetwork {
  readonly transfer_seconds: readonly number[];
  readonly connections: readonly {
    readonly from_hub: number;
    readonly to_hub: number;
    readonly departs_seconds: number;
    readonly arrives_seconds: number;
    readonly cost: number;
    readonly carbon_grams: number;
  }[];
  readonly passages: readonly {
    readonly from_hub: number;
    readonly to_hub: number;
    readonly seconds: number;
    readonly cost: number;
    readonly carbon_grams: number;
  }[];
}

interface State {
  readonly hub: number;
  readonly at: number;
  readonly isOrigin: boolean;
  readonly cost: number;
  readonly carbon: number;
}

function nextStates(network: OracleNetwork, state: State): State[] {
  const ready = state.at + (state.isOrigin ? 0 : network.transfer_seconds[state.hub]!);
  const rides = network.connections
    .filter((c) => c.from_hub === state.hub && c.departs_seconds >= ready)
    .map((c) => ({ hub: c.to_hub, at: c.arrives_seconds, way: c }));
  const walks = network.passages
    .filter((p) => p.from_hub === state.hub)
    .map((p) => ({ hub: p.to_hub, at: state.at + p.seconds, way: p }));
  return [...rides, ...walks].map(({ hub, at, way }) => ({
    hub,
    at,
    isOrigin: false,
    cost: state.cost + way.cost,
    carbon: state.carbon + way.carbon_grams,
  }));
}

/** Earliest arrival at each hub (epoch seconds), Infinity where nothing leads: Dijkstra over states. */
export function oracleArrivals(network: OracleNetwork, from: number, at: number): number[] {
  const best = network.transfer_seconds.map(() => Number.POSITIVE_INFINITY);
  const open: State[] = [{ hub: from, at, isOrigin: true, cost: 0, carbon: 0 }];
  while (open.length > 0) {
    open.sort((a, b) => b.at - a.at);
    const state = open.pop()!;
    if (state.at >= best[state.hub]!) continue;
    best[state.hub] = state.at;
    open.push(...nextStates(network, state));
  }
  return best;
}

/** Undominated `[arrival, cost, carbon]` of each hub until an instant, by trying every way. */
export function oraclePareto(
  network: OracleNetwork,
  from: number,
  at: number,
  until: number,
): (readonly [number, number, number])[][] {
  const all: (readonly [number, number, number])[][] = network.transfer_seconds.map(() => []);
  const open: State[] = [{ hub: from, at, isOrigin: true, cost: 0, carbon: 0 }];
  const seen = new Set<string>();
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = JSON.stringify(state);
    if (state.at > until || seen.has(key)) continue;
    seen.add(key);
    all[state.hub]!.push([state.at, state.cost, state.carbon]);
    open.push(...nextStates(network, state));
  }
  return all.map((points) => {
    const unique = [...new Map(points.map((point) => [point.join(), point])).values()];
    return unique
      .filter((a) => !unique.some((b) => b !== a && b.every((value, i) => value <= a[i]!)))
      .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  });
}
