/**
 * A simulation: the parties of a network at work, each with its own key at the public interface of a
 * running engine, on the engine's clock. The same seed gives the same wishes and the same behaviour;
 * what becomes of them is the engine's affair.
 */
import type { Network } from '../domain/network.ts';
import type { Clock } from '../runtime/clock.ts';
import { startCarrier } from './carrier.ts';
import { arrivals, demandOf, wishOf } from './demand.ts';
import {
  type Exchange,
  ExchangeClosed,
  openExchange,
  type Party,
  type Problem,
} from './http-party.ts';
import { startDesk } from './operations-desk.ts';
import { keepPace, type Pace } from './pace.ts';
import { followClock, openSchedule } from './schedule.ts';
import { startSeller } from './seller.ts';
import { type Shop, startShop } from './shop.ts';
import { oneByOne, sideBySide } from './side-by-side.ts';
import type { Stage } from './stage.ts';
import { openingStock } from './stocking.ts';
import { startWarehouse, stockShelves } from './warehouse.ts';

/** What a simulation is made of. */
export interface SimulationOptions {
  /** Where the engine answers, such as `http://127.0.0.1:3000`. */
  readonly origin: string;
  /** Reads the network, makes the other parties' keys, works the exceptions. */
  readonly operator_key: string;
  /** The engine's clock. */
  readonly clock: Clock;
  readonly seed: number;
  /** Orders to place; null = on and on. */
  readonly orders: number | null;
  /** Orders on an average day. */
  readonly orders_per_day: number;
  /** When the first order may come; what comes before is preparation. */
  readonly from: Temporal.Instant;
  /** How long (s of the machine) polls stay open: as long as the engine lets them. */
  readonly poll_seconds: number;
  /** Fill the shelves first. */
  readonly with_stock: boolean;
  readonly onProgress: (progress: Progress) => void;
  /** Moves the clock as fast as everybody can follow; without it the clock goes by itself. */
  readonly pace?: Pace;
  /** Ends it. */
  readonly stopping: AbortSignal;
}

/** How far it is. */
export interface Progress {
  readonly phase: 'preparing' | 'running' | 'ended';
  readonly now: Temporal.Instant;
  readonly posted: number;
  /** Orders by state, as the shops see them. */
  readonly states: ReadonlyMap<string, number>;
  /** What the parties did and met, counted by a word. */
  readonly notes: ReadonlyMap<string, number>;
}

const PROGRESS_MS = 2_000;
/** How often (ms of the machine) it is asked whether all orders are over. */
const END_LOOK_MS = 300;

/** Runs until all orders are over, or until `stopping`. Rejects when a party met a defect. */
export async function simulate(options: SimulationOptions): Promise<Progress> {
  const exchange = openExchange(options.origin);
  const schedule = openSchedule(options.clock);
  const notes = new Map<string, number>();
  const note = (word: string) => void notes.set(word, (notes.get(word) ?? 0) + 1);
  const shops = new Map<string, Shop>();
  const progress = (phase: Progress['phase']): Progress => {
    return { phase, now: options.clock.now(), notes, ...standingOf([...shops.values()]) };
  };
  const stop = () => {
    schedule.stop();
    exchange.close();
  };
  options.stopping.addEventListener('abort', stop);
  try {
    options.onProgress(progress('preparing'));
    const operator = exchange.party(options.operator_key);
    const network = await readNetwork(operator);
    const demand = demandOf(network, options.seed);
    const inTurn: Stage['inTurn'] = options.pace === undefined ? (deed) => deed() : oneByOne();
    const stage: Stage = {
      ...{ seed: options.seed, network, demand, schedule, inTurn, note, docks: new Map() },
      orders_per_day: options.orders_per_day,
      poll_seconds: options.poll_seconds,
      skus: new Map(network.skus.map((sku) => [sku.id, sku])),
    };
    const parties = await makeReady(exchange, operator, stage, options);
    raiseCurtain(stage, { parties, operator, shops, options });
    schedule.watch(PROGRESS_MS, () => options.onProgress(progress('running')));
    schedule.watch(END_LOOK_MS, () => {
      const { posted, states } = standingOf([...shops.values()]);
      const over = ['delivered', 'cancelled', 'failed'].map((state) => states.get(state) ?? 0);
      const ended = over.reduce((sum, count) => sum + count, 0);
      if (posted === options.orders && ended === posted) schedule.stop();
    });
    const { pace } = options;
    if (pace === undefined) followClock(schedule, options.clock);
    else keepPace({ ...pace, schedule, polls: exchange.polls }).catch(schedule.fail);
    await schedule.ended;
    return progress('ended');
  } catch (error) {
    // What was under way when it was told to stop has come to nothing.
    if (options.stopping.aborted && error instanceof ExchangeClosed) return progress('ended');
    throw error;
  } finally {
    stop();
  }
}

/** The engine does not let us begin; the message says why. */
export class EngineRefuses extends Error {}

async function readNetwork(operator: Party): Promise<Network> {
  const refusals = [401, 403, 409];
  const path = '/v1/network';
  const answer = await operator.send<{ document: Network } & Problem>('GET', path, { refusals });
  if (answer.status === 200) return answer.body.document;
  throw new EngineRefuses(answer.body.detail ?? answer.body.code ?? `status ${answer.status}`);
}

/** A key for every party, by role and code; a warehouse that has its own fills its shelves meanwhile. */
async function makeReady(
  exchange: Exchange,
  operator: Party,
  stage: Stage,
  options: SimulationOptions,
): Promise<Map<string, Party>> {
  const { platforms, sellers, warehouses, carriers } = stage.network;
  const parties = new Map<string, Party>();
  const makeKeys = async (role: string, rows: readonly { readonly id: string }[]) => {
    await sideBySide(rows, async ({ id: party_id }) => {
      const body = { role, party_id, label: 'simulation' };
      const made = await operator.send<{ key: string }>('POST', '/v1/keys', { body });
      parties.set(`${role} ${party_id}`, exchange.party(made.body.key));
    });
  };
  await makeKeys('warehouse', warehouses);
  await Promise.all([
    options.with_stock ? fillShelves(stage, parties, options) : undefined,
    makeKeys('platform', platforms),
    makeKeys('seller', sellers),
    makeKeys('carrier', carriers),
  ]);
  return parties;
}

async function fillShelves(
  { network, demand }: Stage,
  parties: Parties,
  { from, orders_per_day }: SimulationOptions,
): Promise<void> {
  const zone = network.warehouses[0]?.time_zone ?? 'UTC';
  const today = from.toZonedDateTimeISO(zone).toPlainDate().toString();
  const shelves = openingStock(network, demand, { units_per_day: orders_per_day, today });
  await sideBySide([...shelves], async ([warehouse_id, lines]) => {
    await stockShelves(parties.get(`warehouse ${warehouse_id}`)!, warehouse_id, lines);
  });
}

type Parties = ReadonlyMap<string, Party>;

interface Cast {
  readonly parties: Parties;
  readonly operator: Party;
  readonly shops: Map<string, Shop>;
  readonly options: SimulationOptions;
}

/** Starts every party, and the orders. */
function raiseCurtain(stage: Stage, { parties, operator, shops, options }: Cast): void {
  const { network, schedule } = stage;
  const from = options.from.epochMilliseconds;
  for (const one of network.warehouses) {
    startWarehouse(stage, one, parties.get(`warehouse ${one.id}`)!);
  }
  for (const one of network.carriers) startCarrier(stage, one, parties.get(`carrier ${one.id}`)!);
  for (const one of network.sellers)
    startSeller(stage, one, parties.get(`seller ${one.id}`)!, from);
  for (const one of network.platforms) {
    shops.set(one.id, startShop(stage, parties.get(`platform ${one.id}`)!));
  }
  startDesk(stage, operator);
  const zone = network.zones[0]?.time_zone ?? 'UTC';
  const moments = arrivals(stage.seed, { from, per_day: options.orders_per_day, zone });
  const orderNext = (number: number) => {
    if (number === options.orders) return;
    const at = moments.next().value as number;
    schedule.at(at, () => {
      orderNext(number + 1);
      const wish = wishOf(stage.demand, number);
      return shops.get(wish.platform_id)!.order(wish);
    });
  };
  orderNext(0);
}

function standingOf(shops: readonly Shop[]): Pick<Progress, 'posted' | 'states'> {
  const states = new Map<string, number>();
  let posted = 0;
  for (const standing of shops.map((shop) => shop.standing())) {
    posted += standing.posted;
    for (const [state, count] of [...standing.open, ...standing.ended]) {
      states.set(state, (states.get(state) ?? 0) + count);
    }
  }
  return { posted, states };
}
