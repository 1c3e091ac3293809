/** What the control tower shows of one warehouse or carrier, and the parcels to look after. */
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { listOrderReferences } from '../../../db/tower-reads.ts';
import { Refusal } from '../../domain/errors.ts';
import { NUMBER_PART, readCursor, UUID_PART, writeCursor } from '../cursor.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { linkNext } from '../pages.ts';
import { Closed, Code, Cursor, Limit, OneOf } from '../schemas.ts';
import { usedToday } from '../tower/take-events.ts';
import { tellAtRisk } from '../tower/tell-at-risk.ts';
import { tellCarrier, tellWarehouse } from '../tower/tell-party.ts';
import { networkInForce } from './tower.ts';
import { TowerAtRisk, TowerCarrier, TowerWarehouse } from './tower-answer.ts';

const CodeParams = Closed({ id: Code });

/** `GET /v1/tower/at-risk` */
export const listAtRisk = (doors: Doors) =>
  operation({
    summary: 'Parcels at risk or late, the most urgent first',
    tag: 'tower',
    scope: 'live:read',
    query: Closed({
      risk: Type.Optional(OneOf(['at_risk', 'breached'])),
      warehouse_id: Type.Optional(Code),
      carrier_id: Type.Optional(Code),
      cursor: Type.Optional(Cursor),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: { 200: TowerAtRisk },
    refusals: ['invalid_cursor'],
    handle: async ({ query, caller, url }, reply) => {
      const { risk, warehouse_id, carrier_id } = query;
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const position = readCursor('tower-at-risk', query.cursor, [NUMBER_PART, UUID_PART]);
      const after =
        position === null ? null : { due_seconds: Number(position[0]), shipment_id: position[1]! };
      const state = await doors.tower.state();
      const page = tellAtRisk(state, { risk, warehouse_id, carrier_id, after, limit });
      const ids = [...new Set(page.parcels.map(({ order_id }) => order_id))];
      const names = await asParty(doors.engine.database, caller, (tx) =>
        listOrderReferences(tx, ids),
      );
      const byId = new Map(names.map((row) => [row.order_id, row]));
      const next_cursor =
        page.last === null
          ? null
          : writeCursor('tower-at-risk', [String(page.last.due_seconds), page.last.shipment_id]);
      linkNext(reply, url, next_cursor);
      const parcels = page.parcels.map((parcel) => ({
        ...parcel,
        external_ref: byId.get(parcel.order_id)?.external_ref ?? null,
        platform_id: byId.get(parcel.order_id)?.platform_id ?? null,
      }));
      return { as_of: state.as_of, clock_rate: state.clock_rate, parcels, next_cursor };
    },
  });

/** `GET /v1/tower/warehouses/{id}` */
export const getTowerWarehouse = (doors: Doors) =>
  operation({
    summary: 'A warehouse: its work, capacity and scorecard',
    tag: 'tower',
    scope: 'live:read',
    params: CodeParams,
    answers: { 200: TowerWarehouse },
    refusals: ['network_missing', 'not_found'],
    handle: async ({ params }) => {
      const { document } = await networkInForce(doors);
      const warehouse = document.warehouses.find(({ id }) => id === params.id);
      if (warehouse === undefined) throw new Refusal('not_found', 'there is no such warehouse');
      return tellWarehouse(await doors.tower.state(), warehouse);
    },
  });

/** `GET /v1/tower/carriers/{id}` */
export const getTowerCarrier = (doors: Doors) =>
  operation({
    summary: 'A carrier: its work, capacity and scorecard',
    tag: 'tower',
    scope: 'live:read',
    params: CodeParams,
    answers: { 200: TowerCarrier },
    refusals: ['network_missing', 'not_found'],
    handle: async ({ params, caller }) => {
      const { document } = await networkInForce(doors);
      const carrier = document.carriers.find(({ id }) => id === params.id);
      if (carrier === undefined) throw new Refusal('not_found', 'there is no such carrier');
      const services = document.services.filter((service) => service.carrier_id === carrier.id);
      const state = await doors.tower.state();
      const limited = services.filter((service) => service.parcels_per_day !== undefined);
      const resources = limited.map((service) => `service/${service.id}`);
      const used = await asParty(doors.engine.database, caller, (tx) =>
        usedToday(tx, resources, state.as_of),
      );
      return tellCarrier(state, carrier, services, used);
    },
  });
