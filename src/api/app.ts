/**
 * The HTTP interface: Fastify with everything that is true of all routes. It does not listen;
 * `main.ts` does, and tests call `inject`.
 */
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { acceptOrders } from '../fulfillment/accept-orders.ts';
import type { Engine } from '../fulfillment/engine.ts';
import { recordJournalLag, recordRequest } from '../runtime/telemetry.ts';
import { keyRing } from './auth.ts';
import { readBodies } from './bodies.ts';
import type { Doors } from './doors.ts';
import { addErrorPage } from './error-page.ts';
import { refuseInvalid } from './faults.ts';
import { groupCommit } from './group-commit.ts';
import { addHealth } from './health.ts';
import { type Bell, journalTail } from './journal-tail.ts';
import { pollGate } from './long-poll.ts';
import { describeApi } from './open-api.ts';
import { answerError, answerNotFound, rawProblem } from './problem.ts';
import { addRoutes } from './routes.ts';
import { openTower } from './tower/follow.ts';
import { addTowerPage } from './tower-page.ts';

export interface ApiOptions {
  /** Rings when something was journaled; without it the journal is looked at every second. */
  readonly bell?: Bell;
  /** Shown in the OpenAPI document. */
  readonly version?: string;
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** On every answer. Pages that need more set their own content security policy. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/** What the polls have been told. */
export interface PollsTold {
  /** Every event of the journal up to this number has been told to whoever waits for it. */
  readonly position: number | null;
  /** Polls that wait, and have been told all of it. */
  readonly asleep: number;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** How far the long polls of this process have been told. */
    pollsTold(): PollsTold;
  }
}

/** Builds the interface. `close()` ends streams and long polls, and answers what is under way. */
export async function buildApp(engine: Engine, options: ApiOptions = {}): Promise<FastifyInstance> {
  const stop = new AbortController();
  const doors = openDoors(engine, options, stop.signal);
  const app = createServer(engine);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  app.decorateRequest('caller');
  app.decorate('pollsTold', () => ({
    position: doors.tail.position(),
    asleep: doors.polls.asleep(),
  }));
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS).header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    recordRequest({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
  app.addHook('preClose', (done) => {
    stop.abort();
    doors.tail.close();
    done();
  });
  readBodies(app, { raw_above_bytes: engine.config.network_thread_bytes });
  await describeApi(app, options.version ?? '0.1.0');
  addHealth(app, { engine, stopping: stop.signal });
  addErrorPage(app);
  addTowerPage(app);
  addRoutes(app, doors);
  await app.ready();
  return app;
}

function createServer(engine: Engine): FastifyInstance {
  const { config, newId } = engine;
  return fastify({
    loggerInstance: engine.log as FastifyBaseLogger,
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    // A logger of each request's own costs more than its checks; the few lines there are say its id.
    childLoggerFactory: (logger) => logger,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
    },
    trustProxy: config.trust_proxy,
    bodyLimit: config.body_limit_bytes,
    requestTimeout: config.request_timeout_seconds * 1000,
    keepAliveTimeout: 75_000,
    routerOptions: { maxParamLength: 200 },
    // Requests that come while it closes are refused by the routes themselves, as problems.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: false,
        allErrors: true,
        verbose: true,
      },
    },
    schemaErrorFormatter: refuseInvalid,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler: (error, socket) => {
      if (socket.writable && error.code !== 'ECONNRESET') socket.write(rawProblem(error.code));
      socket.destroy();
    },
  });
}

function openDoors(engine: Engine, options: ApiOptions, stopping: AbortSignal): Doors {
  const { config, database, log } = engine;
  const tail = journalTail({
    ...{ config, database, log },
    bell: options.bell,
    onLag: recordJournalLag,
  });
  return {
    engine,
    stopping,
    tail,
    tower: openTower({ engine, tail, stopping }),
    keys: keyRing(engine),
    polls: pollGate({ tail, stopping, max_waiting: config.long_polls_max }),
    orders: groupCommit({
      commit: (commands) => acceptOrders(engine, commands),
      max_rows: config.group_commit_rows,
      max_waiting: config.waiting_writes_max,
      wait_ms: config.group_commit_wait_ms,
    }),
  };
}
