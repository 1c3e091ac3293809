/**
 * Routes of which none is better in every way: earlier, cheaper, or with less carbon. The Connection Scan
 * with a set of labels per hub in the place of one arrival (Dibbelt et al. 2018, section on profiles, for
 * the sweep; Hansen: Bicriterion path problems, 1980, for sets of labels).
 */
import {
  ARRIVES,
  DEPARTS,
  firstDeparture,
  fromHub,
  type Passage,
  RIDE,
  type Timetable,
  toHub,
} from './timetable.ts';

/** One way of reaching a hub. */
export interface RouteLabel {
  readonly hub: number;
  /** Seconds after the timetable's start. */
  readonly arrival: number;
  readonly cost: number;
  readonly carbon_grams: number;
  /** Id of the last connection; -1 for a passage and at the origin. */
  readonly via: number;
  readonly before: RouteLabel | undefined;
}

/**
 * All undominated labels of each hub, reached from `from_hub` at an instant (epoch seconds) and no later
 * than `until_seconds`. Exact; O(connections × labels per hub²). Labels alike in all three are kept once.
 */
export function paretoRoutes(
  timetable: Timetable,
  from_hub: number,
  at_seconds: number,
  until_seconds: number,
): RouteLabel[][] {
  const { rides, cancelled, id, cost, carbon } = timetable;
  const bags: RouteLabel[][] = Array.from({ length: timetable.hub_count }, () => []);
  const start = Math.ceil(at_seconds - timetable.start_seconds);
  const until = Math.floor(until_seconds - timetable.start_seconds);
  const origin = { hub: from_hub, arrival: start, cost: 0, carbon_grams: 0, via: -1 };
  reach(timetable, bags, { ...origin, before: undefined }, until);
  for (let c = firstDeparture(timetable, start); c < id.length; c++) {
    const departs = rides[c * RIDE + DEPARTS]!;
    const arrival = rides[c * RIDE + ARRIVES]!;
    if (departs >= until) break;
    if (arrival > until || cancelled[c] === 1) continue;
    // A copy: a connection may come back to a hub that it left, and must not be taken twice.
    const bag = bags[fromHub(timetable, c)]!;
    for (const label of bag.filter((one) => readyAt(timetable, one) <= departs)) {
      const next = {
        hub: toHub(timetable, c),
        arrival,
        cost: label.cost + cost[c]!,
        carbon_grams: label.carbon_grams + carbon[c]!,
        via: id[c]!,
        before: label,
      };
      reach(timetable, bags, next, until);
    }
  }
  return bags;
}

/** From when on a label can go on; at the origin at once. */
function readyAt({ transfer }: Timetable, { hub, arrival, before }: RouteLabel): number {
  return before === undefined ? arrival : arrival + transfer[hub]!;
}

const isNoWorse = (a: RouteLabel, b: RouteLabel): boolean =>
  a.arrival <= b.arrival && a.cost <= b.cost && a.carbon_grams <= b.carbon_grams;

/** Adds a label to its hub's, if no other is as good, takes out those it beats, and passes on. */
function reach(timetable: Timetable, bags: RouteLabel[][], label: RouteLabel, until: number): void {
  const bag = bags[label.hub]!;
  if (label.arrival > until || bag.some((other) => isNoWorse(other, label))) return;
  bags[label.hub] = [...bag.filter((other) => !isNoWorse(label, other)), label];
  for (const passage of timetable.passages[label.hub]!) {
    reach(timetable, bags, pass(label, passage), until);
  }
}

function pass(before: RouteLabel, passage: Passage): RouteLabel {
  return {
    hub: passage.to_hub,
    arrival: Math.ceil(before.arrival + passage.seconds),
    cost: before.cost + passage.cost,
    carbon_grams: before.carbon_grams + passage.carbon_grams,
    via: -1,
    before,
  };
}
