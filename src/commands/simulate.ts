/** `portolan simulate`: shops, warehouses and carriers at work on a running engine. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openClockHand } from '../runtime/clock-file.ts';
import { clockOf } from '../runtime/clock-setting.ts';
import type { Config } from '../runtime/config.ts';
import type { EngineAtRest, Pace } from '../simulation/pace.ts';
import type { Progress, SimulationOptions } from '../simulation/simulate.ts';
import { type Command, Trouble, UsageError } from './command.ts';
import { readCount } from './options.ts';

/** Orders on an average day where none are asked for by number. */
export const ORDERS_PER_DAY = 300;
/** A number of orders comes in within a day of the clock, but not faster than this (per second). */
const ORDERS_PER_SECOND = 20;
/** Most orders that may be asked for. */
export const MOST_ORDERS = 1_000_000;
/** The largest seed: chance has 32 bits of state. */
export const MOST_SEED = 2 ** 32 - 1;

/** The command; not named after its word, which is the function that it runs. */
export const simulation: Command = {
  parameters: '[--url URL] [--key KEY] [--seed N] [--orders N] [--per-day N] [--stock]',
  summary: 'let shops, warehouses and carriers work on a running engine',
  help: `Every party of the engine's network gets a key of its own and speaks the public interface:
shops ask for promises and post orders, carriers take or leave what they are offered, warehouses
pick and pack, parcels arrive, some late, a few never. The same seed tells the same story. Use it on
an engine that is there to be tried: the orders are real to it.

  --url      where the engine answers; http://127.0.0.1:3000 (PORTOLAN_HOST, PORTOLAN_PORT)
  --key      an operator's key; that of PORTOLAN_DATA_DIR/keys.json
  --seed     what all chance follows from; 1
  --orders   place so many orders, and end when all of them are over; on and on when left out
  --per-day  orders on an average day; ${ORDERS_PER_DAY}, or enough for --orders within a day
  --stock    fill the warehouses' shelves first

The engine's clock and PORTOLAN_LONG_POLL_MAX_SECONDS are read from the same settings as its own.`,
  run: async (parameters, config) => {
    const { EngineRefuses, simulate } = await import('../simulation/simulate.ts');
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => stopping.abort());
    }
    // A demo that dies takes its simulation with it.
    process.on('disconnect', () => stopping.abort());
    const options = readOptions(parameters, config);
    const pace = paceOf(config);
    await expectEngine(options.origin);
    await simulate({
      ...options,
      stopping: stopping.signal,
      onProgress: printProgress,
      ...(pace === null ? {} : { pace }),
    }).catch((error) => {
      if (!(error instanceof EngineRefuses)) throw error;
      throw new Trouble(`the engine refuses: ${error.message}`, { cause: error });
    });
    process.disconnect?.();
    return 0;
  },
};

function readOptions(
  parameters: readonly string[],
  config: Config,
): Omit<SimulationOptions, 'onProgress' | 'stopping'> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      ...{ url: text, key: text, seed: text, orders: text, 'per-day': text },
      stock: { type: 'boolean' },
    },
  });
  const origin = values.url ?? `http://${config.host}:${config.port}`;
  if (!URL.canParse(origin)) throw new UsageError(`--url: got ${origin}, expected a URL`);
  const orders = readCount('orders', values.orders, { max: MOST_ORDERS }) ?? null;
  const clock = clockOf(config);
  return {
    origin,
    operator_key: values.key ?? keptKey(config),
    clock,
    seed: readCount('seed', values.seed, { min: 0, max: MOST_SEED }) ?? 1,
    orders,
    orders_per_day:
      readCount('per-day', values['per-day'], { max: 10_000_000 }) ??
      ordersPerDay(orders, clock.speed),
    from: config.clock_start ?? clock.now(),
    poll_seconds: config.long_poll_max_seconds,
    with_stock: values.stock === true,
  };
}

/** Once it runs, an engine may go and come again; to begin with there must be one. */
async function expectEngine(origin: string): Promise<void> {
  const answer = await fetch(new URL('/livez', origin)).catch(() => null);
  if (answer?.ok) return;
  throw new Trouble(`no engine answers at ${origin}: start one, or give its --url`);
}

/** A demo that starts us lets us move its clock, and says when its engine is at rest; null without one. */
function paceOf({ clock_file, clock_speed: speed }: Config): Pace | null {
  if (clock_file === undefined || process.send === undefined) return null;
  const hand = openClockHand(clock_file);
  const atRest = () =>
    new Promise<EngineAtRest>((resolve) => {
      process.once('message', (rest) => resolve(rest as EngineAtRest));
      process.send?.('at rest?');
    });
  return { hand, speed, atRest };
}

/**
 * Orders on an average day: a wished-for number within one, as far as a small machine can take so
 * many in the time that a day lasts on it.
 */
export function ordersPerDay(orders: number | null, speed: number): number {
  if (orders === null) return ORDERS_PER_DAY;
  return Math.min(orders, Math.ceil((ORDERS_PER_SECOND * 86_400) / speed));
}

/** The operator's key that the first start on this folder made. */
function keptKey({ data_dir }: Config): string {
  const path = join(data_dir, 'keys.json');
  if (!existsSync(path)) {
    throw new Trouble(`there is no ${path}: start an engine first, or give its operator's --key`);
  }
  const { keys } = JSON.parse(readFileSync(path, 'utf8')) as {
    keys: { role: string; key: string }[];
  };
  const kept = keys.find(({ role }) => role === 'operator');
  if (kept === undefined) throw new Trouble(`${path} holds no operator's key: give one as --key`);
  return kept.key;
}

/** One line for people: the time of the simulation, and how the orders stand. */
function printProgress({ phase, now, posted, states }: Progress): void {
  if (phase === 'preparing') {
    process.stderr.write('  filling the shelves and handing out keys\n');
    return;
  }
  const local = now.toZonedDateTimeISO('Asia/Seoul');
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][local.dayOfWeek - 1]!;
  const clock = `${weekday} ${local.toString().slice(5, 16).replace('T', ' ')}`;
  const words = [...states].sort().map(([state, count]) => `${count} ${state}`);
  process.stderr.write(`  ${clock}  ${[`${posted} orders`, ...words].join(' · ')}\n`);
}
