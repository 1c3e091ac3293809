/** Quiet hours for random worlds. */
import type { NetworkInput, QuietHoursInput } from '../../routing/index.ts';
import type { Random } from '../../src/simulation/random.ts';

/** Disjoint runs of a week, in order; the last may go on into the next week. */
export function someRuns(random: Random): QuietHoursInput['runs'] {
  const runs: [number, number][] = [];
  for (let hour = random.between(0, 30); hour < 168; ) {
    const hours = random.pick([1, 5, 9, 13, 38, 60]);
    const most = hour + hours > 168 ? 168 + (runs[0]?.[0] ?? hour) - 1 - hour : hours;
    runs.push([hour, Math.max(1, Math.min(hours, most))]);
    hour += hours + random.between(1, 40);
  }
  return runs;
}

/** The network with quiet hours of some of its services, which hold for promises by some of its tables. */
export function quietly(network: NetworkInput, random: Random): NetworkInput {
  const quiet_hours = network.services.flatMap(({ id: service_id }): QuietHoursInput[] => [
    ...(random.chance(0.7) ? [{ service_id, region: null, runs: someRuns(random) }] : []),
    ...(random.chance(0.3) ? [{ service_id, region: 'FR', runs: someRuns(random) }] : []),
    ...(random.chance(0.3) ? [{ service_id, region: 'DE', runs: someRuns(random) }] : []),
    ...(random.chance(0.1) ? [{ service_id, region: 'DE', runs: [] }] : []),
  ]);
  const transit_times = network.transit_times.map((table) =>
    random.chance(0.8) ? { ...table, quiet_service_id: random.pick(network.services).id } : table,
  );
  return { ...network, transit_times, quiet_hours };
}
