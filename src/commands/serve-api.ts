/** The HTTP interface on its port. */

import { JOURNAL_CHANNEL } from '../../db/journal.ts';
import { listen } from '../../db/listen.ts';
import manifest from '../../package.json' with { type: 'json' };
import { buildApp, type PollsTold } from '../api/app.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { findPort } from './find-port.ts';

export interface ServedApi {
  readonly url: string;
  /** How far its long polls have been told. */
  pollsTold(): PollsTold;
  /** Not ready from now on; refuses new requests, finishes those in hand, ends long polls. */
  close(): Promise<void>;
}

/** Builds the API and listens. */
export async function serveApi(engine: Engine): Promise<ServedApi> {
  const { config, log } = engine;
  const app = await buildApp(engine, {
    bell: (ring) => hearJournal(engine, ring),
    version: manifest.version,
  });
  const port = await findPort(config);
  if (port !== config.port && config.port !== 0) {
    log.warn({ wanted: config.port, port }, 'the default port is in use: took the next free one');
  }
  const url = await app.listen({ host: config.host, port });
  return { url, pollsTold: () => app.pollsTold(), close: () => app.close() };
}

/** Calls `ring` whenever something was journaled, until the returned function is called. */
function hearJournal({ database, log }: Engine, ring: () => void): () => void {
  const listening = listen({
    url: database.url,
    channel: JOURNAL_CHANNEL,
    onRing: ring,
    onError: (error) => log.warn({ err: error }, 'the journal is not heard for now'),
  });
  return () => void listening.close();
}
