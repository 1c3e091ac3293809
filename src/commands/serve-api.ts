/** The HTTP interface on its port. */
import { buildApp } from '../api/app.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { findPort } from './find-port.ts';

export interface ServedApi {
  readonly url: string;
  /** Not ready from now on; refuses new requests, finishes those in hand, ends long polls. */
  close(): Promise<void>;
}

/** Builds the API and listens. */
export async function serveApi(engine: Engine): Promise<ServedApi> {
  const { config, log } = engine;
  const app = await buildApp(engine, { live: true });
  const port = await findPort(config);
  if (port !== config.port && config.port !== 0) {
    log.warn({ wanted: config.port, port }, 'the default port is in use: took the next free one');
  }
  const url = await app.listen({ host: config.host, port });
  return { url, close: () => app.close() };
}
