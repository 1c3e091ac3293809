/** The network: read and replaced as one document. */
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { inTransaction } from '../../../db/database.ts';
import { unpackInSteps } from '../../../db/network-document.ts';
import {
  findCurrentNetwork,
  findPackedNetwork,
  type NetworkVersion,
} from '../../../db/networks.ts';
import { Refusal } from '../../domain/errors.ts';
import { Network } from '../../domain/network.ts';
import { networkPieces } from '../../domain/network-canonical.ts';
import { applyNetwork } from '../../fulfillment/apply-network.ts';
import { inTurns } from '../../fulfillment/in-turns.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { Instant } from '../schemas.ts';

/** Piece by piece: printing 50 MB at once would hold up all others. */
function* textOf(current: NetworkVersion, document: Network): Generator<string, void> {
  yield `${JSON.stringify(current).slice(0, -1)},"document":`;
  yield* networkPieces(document);
  yield '}';
}

/** `PUT /v1/network` */
export const putNetwork = (doors: Doors) =>
  operation({
    summary: 'Apply a network',
    description:
      'Checked whole and stored as the next version; every process takes it over within a second. ' +
      'The same document again changes nothing. What would orphan open work is refused.',
    tag: 'network',
    scope: 'network:write',
    // The step checks the document itself, and names every fault of every table.
    body: Type.Object({}, { additionalProperties: true }),
    documented_body: Network,
    body_size: 'network',
    answers: {
      200: Type.Object({
        version: Type.Integer(),
        digest: Type.String(),
        changed: Type.Boolean(),
        warnings: Type.Array(Type.String()),
      }),
    },
    refusals: ['invalid_network', 'network_orphans_work'],
    handle: async ({ body, caller, id }) =>
      await applyNetwork(doors.engine, {
        ...(Buffer.isBuffer(body) ? { json: body } : { document: body }),
        applied_by: `${caller.role}:${caller.key_id}`,
        request_id: id,
      }),
  });

/** `GET /v1/network` */
export const getNetwork = (doors: Doors) =>
  operation({
    summary: 'Read the current network',
    tag: 'network',
    scope: 'network:read',
    answers: {
      200: Type.Object({
        version: Type.Integer(),
        digest: Type.String(),
        applied_at: Instant,
        applied_by: Type.String(),
        document: Type.Unsafe<object>({ description: 'as it may be put back' }),
      }),
    },
    refusals: ['network_missing'],
    handle: async (_request, reply) => {
      const [current, packed] = await inTransaction(doors.engine.database, async (tx) => {
        const newest = await findCurrentNetwork(tx);
        return [newest, newest && (await findPackedNetwork(tx, newest.version))] as const;
      });
      if (current === null || packed === null) {
        throw new Refusal('network_missing', 'import a network first');
      }
      const document = await inTurns(await unpackInSteps(packed));
      reply.type('application/json; charset=utf-8');
      return Readable.from(textOf(current, document), { objectMode: false });
    },
  });
