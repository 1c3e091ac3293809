/**
 * All that comes in: the figures and loads by asking again and again, the parcels by reading them once
 * and following the journal from there. Says how well it is connected.
 */
import type { Exception } from '../../api/resources/exception-answer.ts';
import type { Answered, TowerFigures, TowerWorkers } from '../../api/resources/tower-answer.ts';
import { ask, Problem } from './ask.ts';
import { setClock } from './engine-clock.ts';
import { followJournal } from './live.ts';
import type { LiveEvent } from './live-event.ts';
import { clear } from './map/fleet.ts';
import type { MapPanel } from './map/map-panel.ts';
import { type ParcelsAnswer, placePage, takeShipmentEvent } from './map/traffic.ts';
import { indexPlaces, type MapAnswer, type NetworkAnswer, places } from './places.ts';
import { keepKey } from './session.ts';
import { type Signal, signal } from './signal.ts';

export type FiguresAnswer = Answered<typeof TowerFigures>;
export type WorkersAnswer = Answered<typeof TowerWorkers>;

/** The first page of open exceptions. */
export interface ExceptionsAnswer {
  readonly exceptions: readonly Answered<typeof Exception>[];
  readonly next_cursor: string | null;
}

/** How the page is connected: the stream, and whether figures still come. */
export type Connection = 'loading' | 'live' | 'broken' | 'stale' | 'no_network';

export const connection: Signal<Connection> = signal('loading');
export const figures: Signal<FiguresAnswer | null> = signal(null);
export const loads: Signal<MapAnswer | null> = signal(null);
export const workers: Signal<WorkersAnswer | null> = signal(null);
export const exceptions: Signal<ExceptionsAnswer | null> = signal(null);
/** Every portion of the journal, as it comes. */
export const news: Signal<readonly LiveEvent[]> = signal([]);
/** Why the key was not taken; null = it was. */
export const refusal: Signal<string | null> = signal(null);

const FIGURES_MS = 1000;
const MAP_MS = 3000;
const WORKERS_MS = 2000;
const EXCEPTIONS_MS = 4000;
const EXCEPTIONS_SHOWN = 60;
/** Figures older than this (ms) are no longer how things are. */
const STALE_MS = 6000;

let figuresAt = 0;
let streaming: 'opening' | 'live' | 'broken' = 'opening';

/** Starts everything; ends when the key is refused or forgotten. */
export function startFeed(map: MapPanel, ended: AbortSignal): void {
  const known = places.get();
  if (known !== null) map.layOut(known);
  figuresAt = 0;
  streaming = 'opening';
  repeat(FIGURES_MS, ended, async () => {
    const answer = await ask<FiguresAnswer>('/v1/tower/figures');
    figuresAt = performance.now();
    setClock(answer);
    figures.set(answer);
  });
  repeat(MAP_MS, ended, async () => {
    const answer = await ask<MapAnswer>('/v1/tower/map');
    if (places.get()?.answer.network_version !== answer.network_version) {
      const known = indexPlaces(await ask<NetworkAnswer>('/v1/tower/network'));
      places.set(known);
      map.layOut(known);
    }
    map.setMap(answer);
    loads.set(answer);
  });
  repeat(WORKERS_MS, ended, async () => {
    workers.set(await ask<WorkersAnswer>('/v1/tower/workers'));
  });
  // A key may follow the network without being allowed to settle its exceptions.
  repeat(EXCEPTIONS_MS, ended, () => askExceptions().catch(() => {}));
  const judge = setInterval(() => judgeConnection(), 500);
  ended.addEventListener('abort', () => clearInterval(judge));
}

/** Asks for the open exceptions now. */
export async function askExceptions(): Promise<void> {
  const query = `?state=open&limit=${EXCEPTIONS_SHOWN}`;
  exceptions.set(await ask<ExceptionsAnswer>(`/v1/exceptions${query}`));
}

/** Runs `work` over and over, `pause` ms after it has ended, whatever it throws. */
function repeat(pause: number, ended: AbortSignal, work: () => Promise<void>): void {
  const run = async () => {
    try {
      await work();
    } catch (error) {
      refuseKey(error);
      if (error instanceof Problem && error.code === 'network_missing')
        connection.set('no_network');
    }
    if (!ended.aborted) setTimeout(run, pause);
  };
  void run();
}

/** A key that is not taken is forgotten: the page asks for another. */
function refuseKey(error: unknown): void {
  if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 403)) return;
  places.set(null);
  refusal.set(error.code);
  keepKey(null);
}

function judgeConnection(): void {
  const isFresh = figuresAt > 0 && performance.now() - figuresAt < STALE_MS;
  const before = connection.get();
  if (before === 'no_network' && places.get() === null) return;
  const whole = streaming === 'opening' ? 'loading' : streaming;
  const next = figuresAt === 0 ? 'loading' : isFresh ? whole : 'stale';
  if (next !== before) connection.set(next);
}

let reading: AbortController | null = null;

/** Puts every open parcel on the map anew and follows the journal from there. */
export async function readParcels(map: MapPanel, ended: AbortSignal): Promise<void> {
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  const over = AbortSignal.any([mine.signal, ended]);
  try {
    clear(map.fleet);
    const seq = await placeAll(map, over);
    if (over.aborted || seq === null) return;
    await follow(map, seq, over, ended);
  } catch (error) {
    refuseKey(error);
    if (!over.aborted) setTimeout(() => void readParcels(map, ended), 2000);
  }
}

/** Reads all pages; the number of the event to follow from. */
async function placeAll(map: MapPanel, over: AbortSignal): Promise<number | null> {
  let seq: number | null = null;
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `?cursor=${cursor}`;
    const page: ParcelsAnswer = await ask<ParcelsAnswer>(`/v1/tower/parcels${query}`);
    if (over.aborted) return null;
    placePage(map.fleet, map.atlas, page);
    seq ??= page.seq;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return seq;
}

async function follow(
  map: MapPanel,
  seq: number,
  over: AbortSignal,
  ended: AbortSignal,
): Promise<void> {
  await followJournal(
    seq,
    {
      onEvents: (events) => {
        for (const event of events) takeEvent(map, event);
        news.set(events);
      },
      onState: (state) => {
        streaming = state;
        judgeConnection();
      },
      onLost: (why) => {
        refuseKey(why);
        // Another journal, or one that was restored: what is shown is not of it.
        if (why.code === 'invalid_cursor') setTimeout(() => void readParcels(map, ended), 500);
      },
    },
    over,
  );
}

function takeEvent(map: MapPanel, event: LiveEvent): void {
  if (event.entity !== 'shipment') return;
  const happened = takeShipmentEvent(map.fleet, map.atlas, event);
  if (happened !== 'planned' && happened !== 'endangered') return;
  const place = map.fleet.index.get(event.entity_id);
  if (place !== undefined && happened === 'planned') map.pulse(place);
}
