/** What a party has to say, gathered for a moment and posted together. */
import type { Party } from './http-party.ts';

/** A row's fate, as bulk requests answer it. */
export interface RowFate {
  readonly status: 'applied' | 'duplicate' | 'refused';
  readonly code?: string;
  readonly detail?: string;
}

export interface Outbox<Row> {
  /** Posts a row with those that come within the next moment; resolves with its fate. */
  post(row: Row): Promise<RowFate>;
}

/** Rows that come within this time (ms of the machine) share a request. */
const GATHER_MS = 5;
/** Most rows of one request. */
const ROWS_MAX = 500;

/** Opens an outbox that posts to `path`; `onRefused` hears of rows that the engine did not take. */
export function openOutbox<Row>(
  party: Party,
  path: string,
  onRefused: (code: string) => void,
): Outbox<Row> {
  const waiting: { row: Row; settle: PromiseWithResolvers<RowFate> }[] = [];
  const flush = async () => {
    const batch = waiting.splice(0, ROWS_MAX);
    if (waiting.length > 0) void flush();
    try {
      const body = batch.map(({ row }) => row);
      const { body: answer } = await party.send<{ results: RowFate[] }>('POST', path, { body });
      for (const [at, { settle }] of batch.entries()) {
        const fate = answer.results[at]!;
        if (fate.status === 'refused') onRefused(fate.code ?? 'unknown');
        settle.resolve(fate);
      }
    } catch (error) {
      for (const { settle } of batch) settle.reject(error);
    }
  };
  return {
    post: (row) => {
      const settle = Promise.withResolvers<RowFate>();
      waiting.push({ row, settle });
      if (waiting.length === 1) setTimeout(() => void flush(), GATHER_MS);
      return settle.promise;
    },
  };
}
