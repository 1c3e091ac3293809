/**
 * Clients of the live stream. Each remembers the number it was sent last and takes what the tail has
 * beyond it, at its own pace; so a slow client costs one unsent batch, and one that comes back goes
 * on where it stopped.
 */
import type { ServerResponse } from 'node:http';
import { inTransaction } from '../../db/database.ts';
import { type JournalEvent, readEdge } from '../../db/journal.ts';
import { Refusal } from '../domain/errors.ts';
import type { Doors } from './doors.ts';
import type { JournalTail } from './journal-tail.ts';
import type { Reply } from './operation.ts';

export interface LiveClients {
  /** Turns a request into a stream of what comes after `after`; null = from now on. */
  open(reply: Reply, after: number | null): Promise<void>;
}

interface Client {
  readonly raw: ServerResponse;
  sent: number | null;
  isPumping: boolean;
  isDue: boolean;
}

/** Opens the stream's door; at most `live_clients_max` clients at a time. */
export function liveClients(doors: Doors): LiveClients {
  const { engine, tail, stopping } = doors;
  const { live_heartbeat_ms: heartbeat_ms, live_stall_ms } = engine.config;
  const clients = new Set<Client>();
  let heartbeat: NodeJS.Timeout | undefined;
  stopping.addEventListener('abort', () => {
    for (const { raw } of clients) raw.end();
  });
  return {
    open: async (reply, after) => {
      if (clients.size >= engine.config.live_clients_max) {
        throw new Refusal('overloaded', 'too many clients follow the journal; try again shortly');
      }
      if (after !== null) await refuseFuture(doors, after);
      const raw = startStream(reply);
      const client: Client = { raw, sent: after, isPumping: false, isDue: false };
      clients.add(client);
      if (clients.size === 1) heartbeat = setInterval(() => beat(clients), heartbeat_ms).unref();
      if (after === null) startNow(client, tail.position());
      const goOn = () => {
        pump(client, tail, live_stall_ms).catch((error: unknown) => {
          engine.log.warn({ err: error }, 'a live client was cut off; it may resume');
          raw.destroy();
        });
      };
      const stop = tail.follow((after) => {
        if (client.sent === null) startNow(client, after);
        goOn();
      });
      // A tail that runs already speaks only of what is new: what was missed is sent at once.
      if (after !== null) goOn();
      raw.on('close', () => {
        stop();
        clients.delete(client);
        if (clients.size === 0) clearInterval(heartbeat);
      });
    },
  };
}

/** A number that was never drawn is of another journal: going on from it would lose events. */
async function refuseFuture({ engine }: Doors, after: number): Promise<void> {
  const { last_seq } = await inTransaction(engine.database, (tx) => readEdge(tx));
  if (after <= last_seq) return;
  const detail = `got ${after}, expected the id of an event of this journal`;
  throw new Refusal('invalid_cursor', detail, [{ pointer: 'last-event-id', detail }]);
}

function startStream(reply: Reply): ServerResponse {
  const headers = {
    ...reply.getHeaders(),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  };
  reply.hijack();
  reply.raw.writeHead(200, headers as Record<string, string>);
  reply.raw.write('retry: 2000\n\n');
  return reply.raw;
}

/**
 * "Now" is a number too, once the tail knows it: an id without data tells the client where it stands,
 * so that it can come back even before its first event.
 */
function startNow(client: Client, position: number | null): void {
  if (position === null) return;
  client.sent = position;
  client.raw.write(`id: ${position}\n\n`);
}

function beat(clients: ReadonlySet<Client>): void {
  for (const { raw } of clients) if (!raw.writableNeedDrain) raw.write(': still here\n\n');
}

/** Sends all that the tail has beyond the client's number; one pump per client at a time. */
async function pump(client: Client, tail: JournalTail, stall_ms: number): Promise<void> {
  client.isDue = true;
  if (client.isPumping) return;
  client.isPumping = true;
  try {
    while (client.isDue) {
      client.isDue = false;
      for (;;) {
        const events = await tail.eventsAfter(client.sent!);
        if (events.length === 0 || client.raw.destroyed || client.raw.writableEnded) break;
        client.sent = events.at(-1)!.seq;
        if (!client.raw.write(events.map(frameOf).join(''))) {
          await drained(client.raw, stall_ms);
        }
      }
    }
  } finally {
    client.isPumping = false;
  }
}

const frames = new WeakMap<JournalEvent, string>();

/** An event as it goes over the wire; written once for all clients. */
function frameOf(event: JournalEvent): string {
  let frame = frames.get(event);
  if (frame === undefined) {
    frame = `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
    frames.set(event, frame);
  }
  return frame;
}

async function drained(raw: ServerResponse, stall_ms: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the client takes nothing')), stall_ms);
    const end = () => {
      clearTimeout(timer);
      raw.off('drain', end);
      raw.off('close', end);
      resolve();
    };
    raw.on('drain', end);
    raw.on('close', end);
  });
}
