/** Small random networks of hubs with timetables, customs and disruptions, to be sold as one service. */
import type {
  DisruptionInput,
  HubInput,
  LegInput,
  NetworkInput,
  ServiceInput,
  TransitTimeInput,
} from '../../../routing/index.ts';
import type { Random } from '../../../src/simulation/random.ts';
import { MONDAY } from '../small-world.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const TIMES = ['01:30', '05:00', '09:45', '12:00', '18:20', '22:00', '23:30'];

export interface HubShape {
  readonly hubs: number;
  readonly legs: number;
  /** Every time is fixed: one instant at each hub. */
  readonly fixed: boolean;
  readonly disruptions: number;
}

/** Hubs, legs and times of a random line-haul. */
export function aLineHaul(random: Random, shape: HubShape) {
  const list = <T>(count: number, make: (i: number) => T) =>
    Array.from({ length: count }, (_, i) => make(i));
  const hubs: HubInput[] = list(shape.hubs, (i) => ({
    id: `H${i}`,
    time_zone: random.pick(['Europe/Berlin', 'UTC', 'America/New_York']),
    ...(random.chance(0.7) ? { transfer_seconds: random.between(0, 5) * 1200 } : {}),
  }));
  const legs = list(shape.legs, (i) => aLeg(random, i, shape));
  const times: TransitTimeInput[] = [0, 1, 2].map((i) => aTime(random, i, shape.fixed));
  const disruptions = list(shape.disruptions, () => aDisruption(random, shape));
  return { hubs, legs, times, disruptions };
}

function aLeg(random: Random, i: number, shape: HubShape): LegInput {
  const from = random.between(0, shape.hubs - 1);
  const to = (from + random.between(1, shape.hubs - 1)) % shape.hubs;
  const days = random.sample(DAYS, random.between(2, 7));
  const times = random.sample(TIMES, random.between(1, 3)).sort();
  return {
    id: `L${i}`,
    carrier_id: `K${random.between(0, 2)}`,
    from_hub_id: `H${from}`,
    to_hub_id: `H${to}`,
    ...(random.chance(0.8)
      ? { departures: Object.fromEntries(days.map((day) => [day, times])) }
      : {}),
    duration_seconds: random.between(1, 40) * 1800,
    ...(!shape.fixed && random.chance(0.4) ? { transit_time_id: 'M1' } : {}),
    ...(random.chance(0.7) ? { cost: random.between(0, 4) * 25 } : {}),
    ...(random.chance(0.7) ? { carbon_grams: random.between(0, 4) * 100 } : {}),
  };
}

function aTime(random: Random, i: number, fixed: boolean): TransitTimeInput {
  const hours = random.between(1, 9);
  const points: [number, number][] = [
    [0.05, hours * 1800],
    [0.5, hours * 3600],
    [0.9, hours * 5400],
    [1, hours * 9000],
  ];
  return { id: `M${i}`, quantiles: fixed ? points.slice(1, 2) : points };
}

/** A disruption within ten days of the world's Monday. */
export function aDisruption(random: Random, shape: HubShape): DisruptionInput {
  const from_seconds = MONDAY + random.between(-24, 200) * 3600;
  const window = { from_seconds, until_seconds: from_seconds + random.between(1, 60) * 3600 };
  const leg_id = `L${random.between(0, shape.legs - 1)}`;
  switch (random.between(0, 2)) {
    case 0:
      return { ...window, kind: 'hub_closed', hub_id: `H${random.between(0, shape.hubs - 1)}` };
    case 1:
      return { ...window, kind: 'leg_cancelled', leg_id };
    default:
      return {
        ...window,
        kind: 'leg_delayed',
        leg_id,
        delay_seconds: random.between(1, 30) * 1800,
      };
  }
}

/** A network whose services are partly or all sold over hubs. */
export function overHubs(
  network: NetworkInput,
  random: Random,
  shape: HubShape,
  share: number,
): NetworkInput {
  const { hubs, legs, times, disruptions } = aLineHaul(random, shape);
  const mile = (_: unknown, i: number) => ({
    hub_id: random.pick(hubs).id,
    transit_time_id: `M${random.pick([0, 2])}`,
    ...(i > 0 ? { carrier_id: 'K1' } : {}),
  });
  const miles = () => Array.from({ length: random.between(1, 2) }, mile);
  const services = network.services.map((service): ServiceInput => {
    const lanes = service.lanes.map(({ transit_time_id, ...lane }) =>
      random.chance(share)
        ? {
            ...lane,
            via: {
              first_mile: miles(),
              last_mile: miles(),
              ...(random.chance(0.2) ? { carriers: ['K0', 'K1'] } : {}),
            },
          }
        : { ...lane, transit_time_id },
    );
    return { ...service, lanes };
  });
  const transit_times = [...network.transit_times, ...times];
  return { ...network, services, transit_times, hubs, legs, disruptions };
}
