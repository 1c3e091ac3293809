/**
 * The oracle of lanes over hubs, without a line of the library: walks every way over hubs from one
 * pickup, departure by departure, where all times are fixed. Only undominated ways are kept.
 */
import type { DisruptionInput, LegInput, NetworkInput, ViaInput } from '../../../routing/index.ts';

const DAY = 86_400;
const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

type Way = readonly [seconds: number, cost: number, carbon: number];

/** Undominated (time from pickup to door, cost, carbon) of every way, each as often as it is found. */
export function everyWay(network: NetworkInput, via: ViaInput, pickup: number): Way[] {
  const { disruptions = [] } = network;
  const fixed = (id: string) =>
    network.transit_times.find((table) => table.id === id)!.quantiles[0]![1];
  const legs = network.legs!.filter(
    (leg) => via.carriers === undefined || via.carriers.includes(leg.carrier_id),
  );
  const found: Way[] = [];
  const visit = (hub: string, at: number, cost: number, carbon: number, seen: string[]): void => {
    const ready = readyAt(network, hub, at);
    for (const mile of via.last_mile) {
      if (mile.hub_id !== hub) continue;
      found.push([ready + fixed(mile.transit_time_id) - pickup, cost, carbon]);
    }
    for (const leg of legs) {
      if (leg.from_hub_id !== hub || seen.includes(leg.to_hub_id)) continue;
      const starts = departure(network, disruptions, leg, ready);
      if (starts === null) continue;
      const more = [cost + (leg.cost ?? 0), carbon + (leg.carbon_grams ?? 0)] as const;
      visit(leg.to_hub_id, starts + leg.duration_seconds, ...more, [...seen, leg.to_hub_id]);
    }
  };
  for (const mile of via.first_mile) {
    visit(mile.hub_id, pickup + fixed(mile.transit_time_id), 0, 0, [mile.hub_id]);
  }
  return found.filter(
    (one) =>
      !found.some(
        (other) =>
          other.every((value, i) => value <= one[i]!) && other.some((value, i) => value < one[i]!),
      ),
  );
}

const holds = (row: DisruptionInput, at: number) =>
  at >= row.from_seconds && at < row.until_seconds;

function openAt({ disruptions = [] }: NetworkInput, hub: string, at: number): number {
  const shut = disruptions.find(
    (row) => row.kind === 'hub_closed' && row.hub_id === hub && holds(row, at),
  );
  return shut === undefined ? at : openAt({ disruptions } as NetworkInput, hub, shut.until_seconds);
}

function readyAt(network: NetworkInput, hub: string, at: number): number {
  const { transfer_seconds = 0 } = network.hubs!.find((one) => one.id === hub)!;
  return openAt(network, hub, openAt(network, hub, at) + transfer_seconds);
}

function departure(
  network: NetworkInput,
  disruptions: readonly DisruptionInput[],
  leg: LegInput,
  ready: number,
): number | null {
  const stops = disruptions.filter((row) => row.kind === 'leg_cancelled' && row.leg_id === leg.id);
  const delays = disruptions
    .filter((row) => row.kind === 'leg_delayed')
    .filter((row) => row.leg_id === leg.id)
    .sort((a, b) => a.from_seconds - b.from_seconds || a.until_seconds - b.until_seconds);
  if (leg.departures === undefined) {
    let at = ready;
    for (let stop = stops.find((row) => holds(row, at)); stop !== undefined; ) {
      at = stop.until_seconds;
      stop = stops.find((row) => holds(row, at));
    }
    for (const row of delays) {
      if (holds(row, at)) at = Math.min(at + row.delay_seconds, row.until_seconds);
    }
    return at;
  }
  let best: number | null = null;
  const { time_zone } = network.hubs!.find((one) => one.id === leg.from_hub_id)!;
  const today = Temporal.Instant.fromEpochMilliseconds(ready * 1000).toZonedDateTimeISO(time_zone);
  for (let days = -6; days < 16; days++) {
    const date = today.toPlainDate().add({ days });
    for (const time of leg.departures[NAMES[date.dayOfWeek - 1]!] ?? []) {
      const local = date.toPlainDateTime(Temporal.PlainTime.from(time)).toZonedDateTime(time_zone);
      const planned = local.epochMilliseconds / 1000;
      if (stops.some((row) => holds(row, planned))) continue;
      const late = delays.filter((row) => holds(row, planned));
      const runs = late.reduce((sum, row) => sum + row.delay_seconds, planned);
      const lands = runs + leg.duration_seconds;
      if (openAt(network, leg.from_hub_id, runs) !== runs) continue;
      if (openAt(network, leg.to_hub_id, lands) !== lands) continue;
      if (runs >= ready && runs - ready < 15 * DAY && (best === null || runs < best)) best = runs;
    }
  }
  return best;
}
