/**
 * Keeps the tower's state up to date for as long as somebody looks: loads it when the first viewer
 * comes, then follows the journal. However many look, the database is asked once a second for the rows
 * that changed and never for all that is open.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { stopwatch } from '../../runtime/clock.ts';
import type { Doors } from '../doors.ts';
import { loadTowerState } from './load-state.ts';
import { takeEvents } from './take-events.ts';
import type { TowerState } from './tower-state.ts';

export interface Tower {
  /** The state, at most a second old; loads it if nobody has looked lately. */
  state(): Promise<TowerState>;
}

/** Opens the tower; nothing is read before the first viewer. */
export function openTower(doors: Pick<Doors, 'engine' | 'tail' | 'stopping'>): Tower {
  let running: Promise<TowerState> | null = null;
  let asked = stopwatch();
  const { tower_linger_seconds } = doors.engine.config;
  const isWanted = () => asked() < tower_linger_seconds && !doors.stopping.aborted;
  const end = (why: unknown) => {
    running = null;
    if (why !== undefined && !doors.stopping.aborted) {
      doors.engine.log.warn({ err: why }, 'the control tower lost track; it loads anew');
    }
  };
  return {
    state: () => {
      asked = stopwatch();
      running ??= begin(doors, isWanted, end).catch((error: unknown) => {
        running = null;
        throw error;
      });
      return running;
    },
  };
}

/** Loads, and goes on following in the background until it is not wanted or fails. */
async function begin(
  doors: Pick<Doors, 'engine' | 'tail' | 'stopping'>,
  isWanted: () => boolean,
  end: (why: unknown) => void,
): Promise<TowerState> {
  const { engine, tail } = doors;
  const known = Promise.withResolvers<void>();
  const silence = tail.follow(() => known.resolve());
  try {
    if (tail.position() === null) await known.promise;
    const state = await loadTowerState(engine, tail.position()!);
    await takeEvents(engine, state, []);
    keepUp(doors, state, isWanted)
      .then(() => end(undefined), end)
      .finally(silence);
    return state;
  } catch (error) {
    silence();
    throw error;
  }
}

/** Takes in what the journal has beyond the state, over and over. */
async function keepUp(
  { engine, tail }: Pick<Doors, 'engine' | 'tail'>,
  state: TowerState,
  isWanted: () => boolean,
): Promise<void> {
  while (isWanted()) {
    await pause(engine.config.tower_take_ms, undefined, { ref: false });
    for (let events = await tail.eventsAfter(state.seq); ; ) {
      await takeEvents(engine, state, events);
      if (events.length < engine.config.tail_read_events) break;
      events = await tail.eventsAfter(state.seq);
    }
  }
}
