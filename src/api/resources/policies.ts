/** Policies: made as drafts, tried in shadow, given a share, made live. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { findPolicy, type PolicyRow, listPolicies as readPolicies } from '../../../db/policies.ts';
import { sumTrials } from '../../../db/policy-report.ts';
import { Refusal } from '../../domain/errors.ts';
import { PolicyRules } from '../../domain/policy.ts';
import { createPolicy } from '../../fulfillment/create-policy.ts';
import { movePolicy as runMove } from '../../fulfillment/move-policy.ts';
import { networkNow } from '../../fulfillment/stock-faults.ts';
import type { Caller } from '../auth.ts';
import { readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Code, Cursor, IdParams, Limit, Nullable, OneOf, Text } from '../schemas.ts';
import {
  POLICY_STATES,
  PolicyAnswer,
  PolicyReport,
  tellPolicy,
  tellReport,
} from './policy-answer.ts';

/** `POST /v1/policies` */
export const postPolicy = (doors: Doors) =>
  operation({
    summary: 'Make a version of a policy',
    description:
      'The next version of the name, as a draft: it decides nothing. Its rules take the place of ' +
      'those of the network’s policy; what they do not name stays the network’s. A version is never ' +
      'changed, only moved.',
    tag: 'policies',
    scope: 'policies:write',
    body: Closed({
      name: Code,
      platform_id: Type.Optional(Code),
      rules: PolicyRules,
      note: Type.Optional(Text(1000)),
    }),
    answers: { 201: PolicyAnswer },
    refusals: ['network_missing', 'unknown_reference', 'invalid_policy'],
    handle: async ({ body, caller, id }, reply) => {
      const by = `operator:${caller.key_id}`;
      const policy = await createPolicy(doors.engine, { ...body, by, request_id: id });
      reply.status(201).header('location', `/v1/policies/${policy.policy_id}`);
      return tellPolicy(policy);
    },
  });

/** `GET /v1/policies` */
export const listPolicies = (doors: Doors) =>
  operation({
    summary: 'List policies, newest first',
    tag: 'policies',
    scope: 'policies:read',
    query: Closed({
      state: Type.Optional(OneOf(POLICY_STATES)),
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        policies: Type.Array(PolicyAnswer),
        next_cursor: Nullable(Type.String()),
      }),
    },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const [before = null] = readCursor('policies', query.cursor, [UUID_PART]) ?? [];
      const page = { before, limit, ...(query.state === undefined ? {} : { state: query.state }) };
      const policies = await asParty(doors.engine.database, caller, (tx) => readPolicies(tx, page));
      const last = policies.length === limit ? policies.at(-1) : undefined;
      const next_cursor = last === undefined ? null : writeCursor('policies', [last.policy_id]);
      linkNext(reply, url, next_cursor);
      return { policies: policies.map(tellPolicy), next_cursor };
    },
  });

/** `GET /v1/policies/{id}` */
export const getPolicy = (doors: Doors) =>
  operation({
    summary: 'Get a policy',
    tag: 'policies',
    scope: 'policies:read',
    params: IdParams,
    answers: { 200: PolicyAnswer },
    refusals: ['not_found'],
    handle: async ({ params, caller }) => tellPolicy(await policyOf(doors, caller, params.id)),
  });

/** `POST /v1/policies/{id}/move` */
export const movePolicy = (doors: Doors) =>
  operation({
    summary: 'Move a policy through its life',
    description:
      'draft → shadow → share → live, and retired from anywhere; share also to another percentage and ' +
      'back to shadow. One policy per scope is in each of shadow, share and live: going live retires ' +
      'the one that was, any other keeps its place. Taken over everywhere within a second. The same ' +
      'move again changes nothing.',
    tag: 'policies',
    scope: 'policies:write',
    params: IdParams,
    body: Closed({
      to: OneOf(POLICY_STATES),
      share_percent: Type.Optional(
        Type.Number({
          exclusiveMinimum: 0,
          exclusiveMaximum: 100,
          description: 'of a move to share: how many of a hundred orders it decides',
        }),
      ),
    }),
    answers: { 200: PolicyAnswer },
    refusals: [
      'not_found',
      'invalid_request',
      'state_conflict',
      'policy_conflict',
      'network_missing',
      'invalid_policy',
    ],
    handle: async ({ params, body, caller, id }) =>
      tellPolicy(
        await runMove(doors.engine, {
          policy_id: params.id,
          ...body,
          by: `operator:${caller.key_id}`,
          request_id: id,
        }),
      ),
  });

/** `GET /v1/policies/{id}/report` */
export const getPolicyReport = (doors: Doors) =>
  operation({
    summary: 'What a policy in shadow would have changed',
    description:
      'Orders decided beside the live policy from what it saw, compared order by order: low and high ' +
      'bound the mean difference with 95 %. Only orders for which both found a plan make pairs; ' +
      'carbon is that of the legs, or needs carbon_grams_per_tonne_km of the service and the ' +
      'position of the door.',
    tag: 'policies',
    scope: 'policies:read',
    params: IdParams,
    answers: { 200: PolicyReport },
    refusals: ['not_found', 'network_missing'],
    handle: async ({ params, caller }) => {
      const { policy_id } = await policyOf(doors, caller, params.id);
      const { document } = await networkNow(doors.engine);
      const sums = await asParty(doors.engine.database, caller, (tx) => sumTrials(tx, policy_id));
      return tellReport(policy_id, document.currency, sums);
    },
  });

async function policyOf(doors: Doors, caller: Caller, policy_id: string): Promise<PolicyRow> {
  const { database } = doors.engine;
  const policy = await asParty(database, caller, (tx) => findPolicy(tx, policy_id));
  if (policy === null) throw new Refusal('not_found', 'there is no such policy');
  return policy;
}
