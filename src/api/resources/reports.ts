/** What an operator wants to know of the past. */
import Negotiator from 'negotiator';
import { Type } from 'typebox';
import { asParty } from '../../../db/database.ts';
import { listPromiseGroups, type PromiseGroup, REPORT_GROUPS } from '../../../db/promise-report.ts';
import { Refusal } from '../../domain/errors.ts';
import { keptInterval } from '../../domain/promise-report.ts';
import { reportCarrierShares } from '../../fulfillment/report-carrier-shares.ts';
import type { Doors } from '../doors.ts';
import { operation } from '../operation.ts';
import { plotPromises } from '../plots/promise-plot.ts';
import { Closed, Instant, InstantText, Limit, Nullable, OneOf } from '../schemas.ts';

const Id = Nullable(Type.String());
const Count = Type.Integer({ minimum: 0 });
const Share = Nullable(Type.Number({ minimum: 0, maximum: 1 }));

const Row = Type.Object({
  stated: Type.Number({ description: 'probability at which the promises were stated' }),
  month: Nullable(Type.String({ description: 'YYYY-MM, UTC, of planning' })),
  carrier_id: Id,
  service_id: Id,
  warehouse_id: Id,
  zone_id: Id,
  due: Count,
  kept: Count,
  open: Count,
  lost: Count,
  kept_share: Share,
  kept_share_low: Share,
  kept_share_high: Share,
  promised_days: Nullable(Type.Number()),
});

const USUAL_DAYS = 90;
/** Stated probabilities that are drawn; policies know a handful. */
const STATED_MAX = 1000;
const SVG = 'image/svg+xml';
/** A drawing runs and loads nothing; it has one style of its own, which turns it dark. */
const SVG_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** `GET /v1/reports/promise-calibration` */
export const getPromiseCalibration = (doors: Doors) =>
  operation({
    summary: 'Promises: stated against kept',
    description:
      'Parcels planned in a span of time, by what was stated and one more thing, busiest first. A ' +
      'promise counts once its instant has passed (due); low and high bound the kept share with 95 %. ' +
      'Asked for by the header Accept: image/svg+xml the same is drawn.',
    tag: 'reports',
    scope: 'reports:read',
    query: Closed({
      by: Type.Optional(OneOf(REPORT_GROUPS, { default: 'month' })),
      from: Type.Optional(InstantText),
      until: Type.Optional(InstantText),
      limit: Type.Optional(Limit(doors.engine.config.page_items_max)),
    }),
    answers: {
      200: Type.Object({
        by: OneOf(REPORT_GROUPS),
        from: Instant,
        until: Instant,
        rows: Type.Array(Row),
      }),
    },
    other_types: { [SVG]: Type.String({ description: 'a drawing, dark where the reader is' }) },
    refusals: ['invalid_request'],
    handle: async ({ query, caller, headers }, reply) => {
      const now = doors.engine.clock.now();
      const until = query.until === undefined ? now : Temporal.Instant.from(query.until);
      const from =
        query.from === undefined
          ? until.subtract({ hours: USUAL_DAYS * 24 })
          : Temporal.Instant.from(query.from);
      refuseBackwards(from, until);
      const by = query.by ?? 'month';
      const limit = query.limit ?? Math.min(100, doors.engine.config.page_items_max);
      const isDrawn = new Negotiator({ headers }).mediaType(['application/json', SVG]) === SVG;
      const ask = { from, until, now };
      const [groups, all] = await asParty(doors.engine.database, caller, (tx) =>
        Promise.all([
          listPromiseGroups(tx, { ...ask, by, limit }),
          isDrawn ? listPromiseGroups(tx, { ...ask, by: null, limit: STATED_MAX }) : [],
        ]),
      );
      reply.header('vary', 'accept');
      if (!isDrawn) return { by, from, until, rows: groups.map(withShares) };
      reply.type(SVG).header('content-security-policy', SVG_CSP);
      return plotPromises({ by, from, until, all, groups });
    },
  });

const Bound = Nullable(Type.Number());
const CarrierShareRow = Type.Object({
  carrier_id: Type.String(),
  zones: Nullable(Type.Array(Type.String())),
  period: OneOf(['day', 'week', 'month']),
  from: Instant,
  until: Instant,
  parcels: Count,
  all_parcels: Count,
  share_percent: Bound,
  minimum_percent: Bound,
  maximum_percent: Bound,
  minimum_parcels: Bound,
  state: OneOf(['below', 'inside', 'above']),
  price: Type.Number({ description: 'minor units per parcel; below 0 where work is owed' }),
  penalty_per_parcel: Type.Number(),
});

/** `GET /v1/reports/carrier-shares` */
export const getCarrierShares = (doors: Doors) =>
  operation({
    summary: 'Carriers: their part of the work against what was agreed',
    description:
      'Every share band of the network in its period so far, as parcels were planned, with the price ' +
      'per parcel at which decisions are steered towards it.',
    tag: 'reports',
    scope: 'reports:read',
    answers: { 200: Type.Object({ rows: Type.Array(CarrierShareRow) }) },
    refusals: [],
    handle: async ({ caller }) => ({ rows: await reportCarrierShares(doors.engine, caller) }),
  });

function refuseBackwards(from: Temporal.Instant, until: Temporal.Instant): void {
  if (Temporal.Instant.compare(from, until) < 0) return;
  const detail = `got ${from}, expected an instant before ${until}`;
  throw new Refusal('invalid_request', detail, [{ pointer: '/from', detail }]);
}

function withShares(group: PromiseGroup) {
  const interval = keptInterval(group.kept, group.due);
  return {
    ...group,
    kept_share: group.due === 0 ? null : group.kept / group.due,
    kept_share_low: interval?.[0] ?? null,
    kept_share_high: interval?.[1] ?? null,
  };
}
