/**
 * Follows the journal. The browser's own EventSource cannot send a key, so the stream is read with
 * fetch; after a break it goes on behind the last event it has seen, so nothing is missed or doubled.
 */
import { Problem } from './ask.ts';
import type { LiveEvent } from './live-event.ts';
import { key } from './session.ts';

export interface Following {
  /** Called with each portion of events, in order. */
  onEvents(events: readonly LiveEvent[]): void;
  onState(state: 'live' | 'broken'): void;
  /** The journal is another or the key is refused: what is shown must be loaded anew. */
  onLost(why: Problem): void;
}

/** The stream is never silent for longer (ms): the server breaks silence every 15 s. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5_000;

/** Follows from behind event `after` until `ended`. */
export async function followJournal(
  after: number,
  following: Following,
  ended: AbortSignal,
): Promise<void> {
  let seq = after;
  let pause = FIRST_PAUSE_MS;
  while (!ended.aborted) {
    try {
      await readStream(
        seq,
        (events, last) => {
          seq = last;
          if (events.length > 0) following.onEvents(events);
        },
        () => {
          pause = FIRST_PAUSE_MS;
          following.onState('live');
        },
        ended,
      );
    } catch (error) {
      if (ended.aborted) return;
      if (error instanceof Problem && error.status >= 400 && error.status < 500) {
        following.onLost(error);
        return;
      }
    }
    if (ended.aborted) return;
    following.onState('broken');
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function readStream(
  after: number,
  take: (events: LiveEvent[], last: number) => void,
  onOpen: () => void,
  ended: AbortSignal,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch('/v1/live', {
      headers: {
        authorization: `Bearer ${key.get() ?? ''}`,
        accept: 'text/event-stream',
        'last-event-id': String(after),
      },
      signal: AbortSignal.any([silence.signal, ended]),
    });
    if (!response.ok || response.body === null) {
      const answer = await response.json().catch(() => ({}));
      throw new Problem(response.status, answer.code ?? 'internal_error', answer.detail ?? '');
    }
    onOpen();
    let rest = '';
    let last = after;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const frames = (rest + value).split('\n\n');
      rest = frames.pop()!;
      const events = frames.flatMap(eventOf);
      last = events.at(-1)?.seq ?? last;
      take(events, last);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The event of one frame; frames without data (comments, the place of a start) have none. */
export function eventOf(frame: string): LiveEvent[] {
  return frame
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as LiveEvent);
}
