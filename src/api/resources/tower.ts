/**
 * What the control tower shows of the whole network: places, loads, figures, open parcels. All of it
 * comes from the state that `tower/follow.ts` keeps for all viewers; no request reads what is open.
 */

import { Type } from 'typebox';
import { Refusal } from '../../domain/errors.ts';
import { readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Cursor, Limit } from '../schemas.ts';
import { tellFigures } from '../tower/tell-figures.ts';
import { tellMap } from '../tower/tell-map.ts';
import { tellNetwork } from '../tower/tell-network.ts';
import { tellParcels } from '../tower/tell-parcels.ts';
import { tellWorkers } from '../tower/tell-workers.ts';
import {
  TowerFigures,
  TowerMap,
  TowerNetwork,
  TowerParcels,
  TowerWorkers,
} from './tower-answer.ts';

/** The network in force; refuses where none was imported. */
export async function networkInForce({ engine }: Doors) {
  const network = await engine.networks.current();
  if (network === null) throw new Refusal('network_missing', 'import a network first');
  return network;
}

/** `GET /v1/tower/network` */
export const getTowerNetwork = (doors: Doors) =>
  operation({
    summary: 'Names and places of the network',
    description: 'What a map needs that does not move. Changes with network_version only.',
    tag: 'tower',
    scope: 'live:read',
    answers: { 200: TowerNetwork },
    refusals: ['network_missing'],
    handle: async () => tellNetwork(await networkInForce(doors)),
  });

/** `GET /v1/tower/map` */
export const getTowerMap = (doors: Doors) =>
  operation({
    summary: 'Load of every warehouse and lane',
    tag: 'tower',
    scope: 'live:read',
    answers: { 200: TowerMap },
    refusals: ['network_missing'],
    handle: async () => {
      const network = await networkInForce(doors);
      return tellMap(await doors.tower.state(), network);
    },
  });

/** `GET /v1/tower/figures` */
export const getTowerFigures = (doors: Doors) =>
  operation({
    summary: 'The figures and their history',
    description:
      "The history is in buckets of the engine's clock, as wide as suits its speed, the oldest first.",
    tag: 'tower',
    scope: 'live:read',
    answers: { 200: TowerFigures },
    handle: async () => tellFigures(await doors.tower.state(), undefined),
  });

/** `GET /v1/tower/parcels` */
export const getTowerParcels = (doors: Doors) =>
  operation({
    summary: 'Every open parcel, in columns',
    description:
      'For drawing: read all pages, then follow GET /v1/live from the seq of the first page. What ' +
      'changes meanwhile comes with the stream.',
    tag: 'tower',
    scope: 'live:read',
    query: Closed({
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.tower_page_parcels, Number.POSITIVE_INFINITY)),
    }),
    answers: { 200: TowerParcels },
    refusals: ['invalid_cursor'],
    handle: async ({ query, url }, reply) => {
      const [after = null] = readCursor('tower-parcels', query.cursor, [UUID_PART]) ?? [];
      const limit = query.limit ?? doors.engine.config.tower_page_parcels;
      const { last, ...page } = tellParcels(await doors.tower.state(), { after, limit });
      const next_cursor = last === null ? null : writeCursor('tower-parcels', [last]);
      linkNext(reply, url, next_cursor);
      return { ...page, next_cursor };
    },
  });

/** `GET /v1/tower/workers` */
export const getTowerWorkers = (doors: Doors) =>
  operation({
    summary: 'Worker processes, alive or silent',
    tag: 'tower',
    scope: 'live:read',
    answers: { 200: TowerWorkers },
    handle: async () =>
      tellWorkers(await doors.tower.state(), doors.engine.config.worker_stale_seconds),
  });
