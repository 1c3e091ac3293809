/**
 * Row types of every table, as Kysely and the steps see them. Column names are the domain's names:
 * one word per concept, from the database through the code to JSON, with nothing mapped in between.
 * Instants come back as `Temporal.Instant`, `date` as `YYYY-MM-DD`, `bigint` as a safe number.
 */
import type { ColumnType, Generated } from 'kysely';

/** A `timestamptz` column: read as an instant, written as an instant's RFC 3339 text. */
type Instant = ColumnType<Temporal.Instant, string, string>;
type MaybeInstant = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>;
/** A SKU that an order must not be given from a warehouse. */
export interface ExcludedStock {
  readonly warehouse_id: string;
  readonly sku_id: string;
}

/** The route of a shipment over hubs: routing's own plan of it. */
export interface StoredRoute {
  readonly steps: readonly {
    readonly kind: 'first_mile' | 'leg' | 'last_mile';
    readonly carrier_id: string;
    readonly leg_id?: string | undefined;
    readonly from_hub_id?: string | undefined;
    readonly to_hub_id?: string | undefined;
    readonly transit_time_id?: string | undefined;
    readonly departs_seconds: number;
    readonly arrives_seconds: number;
  }[];
  readonly cost: number;
  readonly carbon_grams: number;
}

/** A `json` column: read as its value, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;

export interface NetworksTable {
  version: number;
  document: Buffer;
  digest: string;
  applied_at: Instant;
  applied_by: string;
}

export interface ApiKeysTable {
  key_id: string;
  prefix: string;
  secret_hash: Buffer;
  role: string;
  party_id: string;
  scopes: string[];
  label: string | null;
  created_at: Instant;
  revoked_at: MaybeInstant;
}

export interface IdempotencyKeysTable {
  role: string;
  party_id: string;
  key: string;
  request_hash: Buffer;
  status: number;
  response: Json<unknown>;
  created_at: Instant;
}

export interface StockTable {
  stock_id: Generated<number>;
  warehouse_id: string;
  sku_id: string;
  seller_id: string;
  lot: Generated<string>;
  expires_on: string | null;
  on_hand: Generated<number>;
  reserved: Generated<number>;
  picked: Generated<number>;
  damaged: Generated<number>;
  quarantined: Generated<number>;
  incoming: Generated<number>;
}

export interface StockLedgerTable {
  entry_id: Generated<number>;
  stock_id: number;
  kind: string;
  on_hand: Generated<number>;
  reserved: Generated<number>;
  picked: Generated<number>;
  damaged: Generated<number>;
  quarantined: Generated<number>;
  incoming: Generated<number>;
  reference: string | null;
  reason: string | null;
  at: Instant;
}

export interface InboundNoticesTable {
  notice_id: string;
  seller_id: string;
  warehouse_id: string;
  reference: string;
  state: string;
  version: Generated<number>;
  expected_at: MaybeInstant;
  created_at: Instant;
}

export interface InboundLinesTable {
  notice_id: string;
  line_no: number;
  sku_id: string;
  lot: Generated<string>;
  expected: number;
  received: Generated<number>;
  damaged: Generated<number>;
}

export interface ReceiptsTable {
  warehouse_id: string;
  receipt_ref: string;
  body_hash: Buffer;
  notice_id: string | null;
  lines: Json<unknown>;
  received_at: Instant;
}

export interface CapacityUsageTable {
  resource: string;
  slot: Instant;
  used: number;
}

export interface QuotesTable {
  quote_id: string;
  platform_id: string;
  token_hash: Buffer;
  state: string;
  destination: Json<unknown>;
  lines: Json<unknown>;
  options: Json<unknown>;
  capacity: Json<unknown>;
  network_version: number;
  quoted_at: Instant;
  expires_at: Instant;
  policy_id: string | null;
}

export interface QuoteViewsTable {
  quote_id: string;
  problem: Json<unknown>;
  work_budget: number;
  stock: Json<unknown>;
  capacity: Json<unknown>;
  transit_version: Generated<number>;
  price_set_id: string | null;
  disruption_no: Generated<number>;
}

export interface OrdersTable {
  order_id: string;
  platform_id: string;
  external_ref: string;
  state: string;
  version: number;
  body_hash: Buffer;
  destination: Json<unknown>;
  deliver_by: MaybeInstant;
  quote_id: string | null;
  quote_option: string | null;
  accepted_at: Instant;
  decide_by: Instant;
  decision_no: Generated<number>;
  attempts: Generated<number>;
  promise_at: MaybeInstant;
  promise_confidence: number | null;
  current_promise_at: MaybeInstant;
  excluded_warehouses: Generated<string[]>;
  /** `[{warehouse_id, sku_id}]` */
  excluded_stock: ColumnType<ExcludedStock[], string | undefined, string>;
  request_id: string | null;
  rules: Json<unknown> | null;
}

export interface OrderLinesTable {
  order_id: string;
  line_no: number;
  sku_id: string;
  quantity: number;
  weight_grams: number | null;
  allocated: Generated<number>;
  shipped: Generated<number>;
  cancelled: Generated<number>;
}

export interface BackordersTable {
  order_id: string;
  sku_id: string;
  quantity: number;
  since: Instant;
}

export interface DecisionBatchesTable {
  batch_id: string;
  network_version: number;
  decided_at: Instant;
  stock: Json<unknown>;
  capacity: Json<unknown>;
  lost: Json<unknown>;
  price_set_id: string | null;
  transit_version: Generated<number>;
  disruption_no: Generated<number>;
}

export interface PriceSetsTable {
  price_set_id: string;
  network_version: number;
  computed_at: Instant;
  stale_at: Instant;
  horizon_until: Instant;
  seed: number;
  prices: Json<unknown>;
  capacity: Json<unknown>;
  orders_soon: Generated<number>;
  carriers: Json<unknown>;
  exploration: Json<unknown> | null;
  demand: Json<unknown>;
  course: ColumnType<unknown, string | undefined, string>;
  follows: string | null;
  counts_waiting: Generated<boolean>;
}

export interface CarrierHoursTable {
  hour: Instant;
  carrier_id: string;
  zone_id: string;
  parcels: number;
}

export interface PriceRefreshesTable {
  is_only: Generated<boolean>;
  due_at: Instant;
}

export interface TransitVersionsTable {
  transit_version: number;
  network_version: number;
  learned_at: Instant;
  deliveries: number;
  learned: Buffer;
}

export interface TransitLearningTable {
  is_only: Generated<boolean>;
  due_at: Instant;
  after_seq: Generated<number>;
  edge_seq: Generated<number>;
  edge_xid: Generated<string>;
  deliveries: Generated<number>;
  state: Buffer | null;
}

export interface DisruptionsTable {
  disruption_id: string;
  reference: string;
  kind: string;
  hub_id: string | null;
  leg_id: string | null;
  from_at: Instant;
  until_at: Instant;
  delay_seconds: number | null;
  reason: string | null;
  opened_no: number;
  opened_at: Instant;
  opened_by: string;
  lifted_no: number | null;
  lifted_at: MaybeInstant;
}

export interface DisruptionNumbersTable {
  is_only: Generated<boolean>;
  disruption_no: Generated<number>;
  repriced_no: Generated<number>;
}

export interface DecisionsTable {
  order_id: string;
  decision_no: number;
  batch_id: string;
  batch_position: number;
  outcome: string;
  decided_at: Instant;
  deadline: Instant;
  late: boolean;
  network_version: number;
  problem: Json<unknown>;
  result: Json<unknown>;
  from_quote: boolean;
  work_budget: number;
  elapsed_us: number;
  policy_id: string | null;
}

export interface RedecideRunsTable {
  is_only: Generated<boolean>;
  due_at: Instant;
  ran_at: MaybeInstant;
}

export interface PoliciesTable {
  policy_id: string;
  name: string;
  version: number;
  platform_id: string | null;
  rules: Json<unknown>;
  note: string | null;
  state: string;
  share_percent: number | null;
  moves: number;
  created_by: string;
  created_at: Instant;
  moved_at: Instant;
}

export interface PolicyShadowsTable {
  policy_id: string;
  due_at: MaybeInstant;
  after_batch_id: string;
  trials: Generated<number>;
}

export interface PolicyTrialsTable {
  policy_id: string;
  order_id: string;
  decision_no: number;
  against: string | null;
  decided_at: Instant;
  live_sourced: boolean;
  sourced: boolean;
  live_cost: number | null;
  cost: number | null;
  live_parcels: number | null;
  parcels: number | null;
  live_promise_at: MaybeInstant;
  promise_at: MaybeInstant;
  live_on_time: number | null;
  on_time: number | null;
  live_carbon_grams: number | null;
  carbon_grams: number | null;
}

export interface ShipmentsTable {
  shipment_id: string;
  order_id: string;
  decision_no: number;
  platform_id: string;
  warehouse_id: string;
  carrier_id: string;
  service_id: string;
  zone_id: string;
  state: string;
  version: number;
  destination: Json<unknown>;
  weight_grams: number;
  cost: Json<unknown>;
  capacity: Json<unknown>;
  network_version: number;
  planned_at: Instant;
  pick_from: Instant;
  pickup_at: Instant;
  promise_at: Instant;
  expected_at: Instant;
  delivered_at: MaybeInstant;
  tracking_number: string | null;
  tracking_rank: Generated<number>;
  tracking_status: string | null;
  tracking_at: MaybeInstant;
  excluded_services: Generated<string[]>;
  tenders: Generated<number>;
  milestone_due: ColumnType<Temporal.Instant[], string[], string[]>;
  milestone_met: ColumnType<(Temporal.Instant | null)[], (string | null)[], (string | null)[]>;
  milestone_state: string[];
  next_due_at: MaybeInstant;
  released_xid: string | null;
  released_seq: number | null;
  route: ColumnType<StoredRoute | null, string | null | undefined, string | null>;
  route_parts: string[] | null;
  disruption_no: Generated<number>;
}

export interface ReservationsTable {
  reservation_id: Generated<number>;
  stock_id: number;
  order_id: string | null;
  shipment_id: string | null;
  quote_id: string | null;
  line_no: number;
  quantity: number;
  picked: Generated<number>;
  state: string;
}

export interface AssignmentsTable {
  assignment_id: string;
  shipment_id: string;
  carrier_id: string;
  service_id: string;
  units: number;
  fencing_token: number;
  state: string;
  offered_at: Instant;
  lease_until: Instant;
  answered_at: MaybeInstant;
  reason: string | null;
  xid: Generated<string>;
  seq: Generated<number>;
}

export interface WarehouseEventsTable {
  warehouse_id: string;
  event_id: string;
  body_hash: Buffer;
  shipment_id: string;
  kind: string;
  lines: Json<unknown> | null;
  occurred_at: Instant;
  received_at: Instant;
  outcome: string;
}

export interface TrackingEventsTable {
  carrier_id: string;
  event_id: string;
  body_hash: Buffer;
  shipment_id: string;
  status: string;
  occurred_at: Instant;
  received_at: Instant;
  carrier_code: string | null;
  description: string | null;
  position: Json<[number, number]> | null;
}

export interface ExceptionsTable {
  exception_id: string;
  kind: string;
  order_id: string | null;
  shipment_id: string | null;
  owner: string;
  reason: string;
  detail: Json<Record<string, unknown>>;
  opened_at: Instant;
  resolved_at: MaybeInstant;
  resolution: string | null;
}

export interface JournalTable {
  xid: Generated<string>;
  seq: Generated<number>;
  entity: string;
  entity_id: string;
  version: number;
  type: string;
  at: Instant;
  order_id: string | null;
  platform_id: string | null;
  warehouse_id: string | null;
  carrier_id: string | null;
  seller_id: string | null;
  data: Json<Record<string, unknown>>;
  request_id: string | null;
}

export interface WorkersTable {
  worker_id: string;
  host: string;
  pid: number;
  queues: string[];
  is_linked: boolean;
  beat_no: number;
  started_at: Instant;
  seen_at: Instant;
}

/** One milestone a row; read only. */
export interface MilestonesView {
  shipment_id: string;
  order_id: string;
  position: number;
  kind: string;
  owner: string;
  due_at: Instant;
  met_at: MaybeInstant;
  state: string;
}

/** The whole database. */
export interface Schema {
  networks: NetworksTable;
  api_keys: ApiKeysTable;
  idempotency_keys: IdempotencyKeysTable;
  stock: StockTable;
  stock_ledger: StockLedgerTable;
  inbound_notices: InboundNoticesTable;
  inbound_lines: InboundLinesTable;
  receipts: ReceiptsTable;
  capacity_usage: CapacityUsageTable;
  quotes: QuotesTable;
  quote_views: QuoteViewsTable;
  orders: OrdersTable;
  order_lines: OrderLinesTable;
  backorders: BackordersTable;
  decision_batches: DecisionBatchesTable;
  decisions: DecisionsTable;
  redecide_runs: RedecideRunsTable;
  policies: PoliciesTable;
  policy_shadows: PolicyShadowsTable;
  policy_trials: PolicyTrialsTable;
  price_sets: PriceSetsTable;
  price_refreshes: PriceRefreshesTable;
  carrier_hours: CarrierHoursTable;
  transit_versions: TransitVersionsTable;
  transit_learning: TransitLearningTable;
  disruptions: DisruptionsTable;
  disruption_numbers: DisruptionNumbersTable;
  shipments: ShipmentsTable;
  reservations: ReservationsTable;
  assignments: AssignmentsTable;
  warehouse_events: WarehouseEventsTable;
  tracking_events: TrackingEventsTable;
  exceptions: ExceptionsTable;
  journal: JournalTable;
  workers: WorkersTable;
  milestones: MilestonesView;
}
