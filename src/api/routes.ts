/** Every route of the interface, written out. Each line: method, path, operation. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { Refusal } from '../domain/errors.ts';
import { requireScope } from './auth.ts';
import type { Doors } from './doors.ts';
import { refuseKey, replayable } from './idempotency.ts';
import { describeOperation } from './open-api.ts';
import type { BodySize, Operation } from './operation.ts';
import { coerceQuery } from './query.ts';
import { type RateLimit, rateLimit } from './rate-limit.ts';
import { answerAssignment, listAssignments, postAnswers } from './resources/assignments.ts';
import { listDisruptions, postDisruption, postLift } from './resources/disruptions.ts';
import { listExceptions, resolveException } from './resources/exceptions.ts';
import { postNotice, postReceipt } from './resources/inbound.ts';
import { deleteKey, listKeys, postKey } from './resources/keys.ts';
import { streamJournal } from './resources/live.ts';
import { getNetwork, putNetwork } from './resources/network.ts';
import { cancelOrder, getDecision, getOrder, listOrders } from './resources/orders.ts';
import {
  getPolicy,
  getPolicyReport,
  listPolicies,
  movePolicy,
  postPolicy,
} from './resources/policies.ts';
import { postOrder, postOrders } from './resources/post-orders.ts';
import { askQuote } from './resources/quotes.ts';
import { getCarrierShares, getPromiseCalibration } from './resources/reports.ts';
import { listStock, postAdjustments } from './resources/stock.ts';
import {
  getTowerFigures,
  getTowerMap,
  getTowerNetwork,
  getTowerParcels,
  getTowerWorkers,
} from './resources/tower.ts';
import { getTowerCarrier, getTowerWarehouse, listAtRisk } from './resources/tower-parties.ts';
import { postTrackingEvents } from './resources/tracking-events.ts';
import { listWork, postWarehouseEvents } from './resources/warehouse-work.ts';

export type Route = readonly [method: HTTPMethods, path: string, operation: Operation];

/** The table of routes. */
export function routesOf(doors: Doors): readonly Route[] {
  return [...routesOfParties(doors), ...routesOfOperators(doors), ...routesOfTower(doors)];
}

function routesOfParties(doors: Doors): readonly Route[] {
  return [
    // Platforms
    ['POST', '/v1/promises/quote', askQuote(doors)],
    ['POST', '/v1/orders', postOrder(doors)],
    ['POST', '/v1/orders/bulk', postOrders(doors)],
    ['GET', '/v1/orders', listOrders(doors)],
    ['GET', '/v1/orders/:id', getOrder(doors)],
    ['GET', '/v1/orders/:id/decision', getDecision(doors)],
    ['POST', '/v1/orders/:id/cancel', cancelOrder(doors)],
    // Sellers and warehouses
    ['POST', '/v1/inbound/notices', postNotice(doors)],
    ['POST', '/v1/inbound/receipts', postReceipt(doors)],
    ['POST', '/v1/stock/adjustments', postAdjustments(doors)],
    ['GET', '/v1/stock', listStock(doors)],
    ['GET', '/v1/warehouses/:id/work', listWork(doors)],
    ['POST', '/v1/warehouse-events', postWarehouseEvents(doors)],
    // Carriers
    ['GET', '/v1/assignments', listAssignments(doors)],
    ['POST', '/v1/assignments/:id/accept', answerAssignment(doors, 'accept')],
    ['POST', '/v1/assignments/:id/reject', answerAssignment(doors, 'reject')],
    ['POST', '/v1/assignments/answers', postAnswers(doors)],
    ['POST', '/v1/tracking-events', postTrackingEvents(doors)],
  ];
}

function routesOfOperators(doors: Doors): readonly Route[] {
  return [
    ['PUT', '/v1/network', putNetwork(doors)],
    ['GET', '/v1/network', getNetwork(doors)],
    ['POST', '/v1/disruptions', postDisruption(doors)],
    ['POST', '/v1/disruptions/:id/lift', postLift(doors)],
    ['GET', '/v1/disruptions', listDisruptions(doors)],
    ['POST', '/v1/policies', postPolicy(doors)],
    ['GET', '/v1/policies', listPolicies(doors)],
    ['GET', '/v1/policies/:id', getPolicy(doors)],
    ['POST', '/v1/policies/:id/move', movePolicy(doors)],
    ['GET', '/v1/policies/:id/report', getPolicyReport(doors)],
    ['POST', '/v1/keys', postKey(doors)],
    ['GET', '/v1/keys', listKeys(doors)],
    ['DELETE', '/v1/keys/:id', deleteKey(doors)],
    ['GET', '/v1/exceptions', listExceptions(doors)],
    ['POST', '/v1/exceptions/:id/resolve', resolveException(doors)],
    ['GET', '/v1/reports/promise-calibration', getPromiseCalibration(doors)],
    ['GET', '/v1/reports/carrier-shares', getCarrierShares(doors)],
    ['GET', '/v1/live', streamJournal(doors)],
  ];
}

function routesOfTower(doors: Doors): readonly Route[] {
  return [
    ['GET', '/v1/tower/network', getTowerNetwork(doors)],
    ['GET', '/v1/tower/map', getTowerMap(doors)],
    ['GET', '/v1/tower/figures', getTowerFigures(doors)],
    ['GET', '/v1/tower/parcels', getTowerParcels(doors)],
    ['GET', '/v1/tower/at-risk', listAtRisk(doors)],
    ['GET', '/v1/tower/warehouses/:id', getTowerWarehouse(doors)],
    ['GET', '/v1/tower/carriers/:id', getTowerCarrier(doors)],
    ['GET', '/v1/tower/workers', getTowerWorkers(doors)],
  ];
}

const EVERY_METHOD: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Adds every route, and for its path a clear answer to the methods it does not know. */
export function addRoutes(app: FastifyInstance, doors: Doors): readonly Route[] {
  const routes = routesOf(doors);
  const limit = rateLimit(doors.engine.config.rate_limit_per_minute);
  for (const [method, url, operation] of routes)
    addRoute(app, doors, limit, method, url, operation);
  for (const [url, methods] of Map.groupBy(routes, (route) => route[1])) {
    refuseOtherMethods(
      app,
      url,
      methods.map(([method]) => method),
    );
  }
  return routes;
}

function addRoute(
  app: FastifyInstance,
  doors: Doors,
  limit: RateLimit,
  method: HTTPMethods,
  url: string,
  operation: Operation,
): void {
  const { body, params, query, handle } = operation;
  const isPost = method === 'POST';
  const canReplay = isPost && operation.is_replayable !== false;
  const replayed = canReplay ? replayable(doors.engine, handle) : refuseKey(handle);
  app.route({
    method,
    url,
    bodyLimit: bodyLimitOf(doors, operation.body_size ?? 'one'),
    exposeHeadRoute: false,
    config: {
      rows: operation.rows ?? false,
      documented_body: operation.documented_body ?? operation.body ?? {},
      operation,
    },
    schema: describeOperation(operation, { body, params, query }),
    onRequest: admit(doors, limit, operation),
    preValidation: coerceQuery(query),
    handler: isPost ? replayed : handle,
  });
}

/** Who may pass, before the body is read. */
function admit(doors: Doors, limit: RateLimit, { scope }: Operation) {
  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
    const enter = (caller: Awaited<ReturnType<typeof doors.keys.find>>) => {
      try {
        if (doors.stopping.aborted) throw new Refusal('overloaded', 'this process is stopping');
        if (caller !== null) limit(caller.key_id, reply);
        requireScope(caller, scope);
        request.caller = caller;
      } catch (error) {
        done(error as Error);
        return;
      }
      done();
    };
    const caller = doors.keys.find(request.headers.authorization);
    if (caller instanceof Promise) caller.then(enter, done);
    else enter(caller);
  };
}

function bodyLimitOf({ engine: { config } }: Doors, size: BodySize): number {
  if (size === 'network') return config.network_body_limit_bytes;
  return size === 'bulk' ? config.bulk_body_limit_bytes : config.body_limit_bytes;
}

function refuseOtherMethods(
  app: FastifyInstance,
  url: string,
  methods: readonly HTTPMethods[],
): void {
  const allow = methods.join(', ');
  const others = EVERY_METHOD.filter((method) => !methods.includes(method));
  app.route({
    method: [...others, 'HEAD'],
    url,
    schema: { hide: true },
    exposeHeadRoute: false,
    onRequest: (_request, reply, done) => {
      reply.header('allow', allow);
      done(new Refusal('method_not_allowed', `this path takes ${allow}`));
    },
    handler: () => {},
  });
}
