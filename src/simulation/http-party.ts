/**
 * A party at the public HTTP interface, with its own key. All parties of a simulation share one pool
 * of kept connections; a long poll holds one while it waits, any other request for a moment. What
 * fails for reasons that pass (a lost connection, a busy or restarting engine) is tried again, which
 * is safe: everything that a party says carries its own id.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** An answer: the status, and the body as read from JSON. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A problem as the interface describes it. */
export interface Problem {
  readonly code?: string;
  readonly detail?: string;
}

/** Somebody who speaks to the engine. */
export interface Party {
  /**
   * Sends a request until it is answered. Answers of success come back; so do refusals (4xx) when
   * `refusals` names their status; any other is a defect of the simulation and throws.
   */
  send<Body>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    options?: { readonly body?: unknown; readonly refusals?: readonly number[] },
  ): Promise<Answer<Body>>;
  /** A GET that stays open until there is something to say: it counts as waiting, not as work. */
  poll<Body>(path: string): Promise<Answer<Body>>;
}

/** The long polls of all parties. */
export interface Polls {
  /** Those that wait for their answer. */
  readonly open: number;
  /** Those that were answered so far. */
  readonly answered: number;
}

/** The connections of a simulation to one engine. */
export interface Exchange {
  party(key: string): Party;
  polls(): Polls;
  /** Ends all connections; requests under way are given up. */
  close(): void;
}

/** The simulation has ended, and with it the requests under way. */
export class ExchangeClosed extends Error {}

/** Statuses that say nothing about the request itself. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 2_000;
/** An answer that takes longer (ms) than the longest of long polls is not coming. */
const ANSWER_LIMIT_MS = 330_000;

/** Opens connections to the engine at `origin`, such as `http://127.0.0.1:3000`. */
export function openExchange(origin: string): Exchange {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const closing = new AbortController();
  const { signal } = closing;
  const polls = { open: 0, answered: 0 };
  const party = (key: string): Party => {
    const send: Party['send'] = async (method, path, { body, refusals = [] } = {}) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const wanted = { agent, signal, url: new URL(path, origin), method, key, text };
      for (let wait_ms = RETRY_FIRST_MS; ; wait_ms = Math.min(wait_ms * 2, RETRY_MAX_MS)) {
        const answer = await exchange(wanted).catch(() => null);
        if (signal.aborted) throw new ExchangeClosed('the simulation has ended');
        if (answer !== null && !PASSING.has(answer.status)) {
          if (answer.status < 300 || refusals.includes(answer.status)) {
            return { status: answer.status, body: JSON.parse(answer.text || 'null') };
          }
          throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
        }
        await pause(wait_ms, undefined, { signal }).catch(() => undefined);
      }
    };
    const poll: Party['poll'] = async (path) => {
      polls.open += 1;
      try {
        return await send('GET', path);
      } finally {
        polls.open -= 1;
        polls.answered += 1;
      }
    };
    return { send, poll };
  };
  return {
    party,
    polls: () => ({ ...polls }),
    close: () => {
      closing.abort();
      agent.destroy();
    },
  };
}

interface Wanted {
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly url: URL;
  readonly method: string;
  readonly key: string;
  readonly text: string | undefined;
}

function exchange(wanted: Wanted): Promise<{ status: number; text: string }> {
  const { agent, signal, url, method, key, text } = wanted;
  const headers: Record<string, string | number> = { authorization: `Bearer ${key}` };
  if (text !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(text);
  }
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, signal, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
      });
    });
    asked.setTimeout(ANSWER_LIMIT_MS, () => asked.destroy(new Error('no answer')));
    asked.once('error', reject);
    asked.end(text);
  });
}
