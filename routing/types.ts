/**
 * The vocabulary of the library: what a network, an order to source, the live stock and capacity,
 * and a decision are. Plain data in, plain data out; inside the library a warehouse, service, zone
 * or SKU is an index into the compiled network's typed arrays.
 *
 * Units: instants are seconds since 1970 (UTC), durations seconds, mass grams, length millimetres,
 * money minor units of the network's one currency. Rates may be fractional; every amount charged to
 * a parcel is rounded once, half up, to a whole minor unit.
 */

/** How goods are stored and carried. */
export type TemperatureClass = 'ambient' | 'chilled' | 'frozen';

type WeekdayTable<T> = {
  readonly [day in 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun']?: T | undefined;
};

/** Open intervals per weekday as local [`HH:MM`, `HH:MM`) pairs; `24:00` ends a day. */
export type WeeklyHoursInput = WeekdayTable<readonly (readonly [string, string])[]>;
/** Local `HH:MM` points per weekday. */
export type WeeklyTimesInput = WeekdayTable<readonly string[]>;
/** One local `HH:MM` per weekday. */
export type WeeklyTimeInput = WeekdayTable<string>;

/** Goods as they are weighed and measured: one unit. */
export interface SkuInput {
  readonly id: string;
  readonly weight_grams: number;
  readonly length_mm: number;
  readonly width_mm: number;
  readonly height_mm: number;
  readonly temperature?: TemperatureClass | undefined;
  readonly hazardous?: boolean | undefined;
  /** Days of life the buyer must still have at the promised instant; lots with less are not used. */
  readonly minimum_life_days?: number | undefined;
  /** A kind of goods that the policy's `apart` may name. */
  readonly goods_class?: string | undefined;
}

/** A building that picks and packs; its times are local to `time_zone`. */
export interface WarehouseInput {
  readonly id: string;
  readonly position: readonly [number, number];
  readonly time_zone: string;
  readonly hours: WeeklyHoursInput;
  readonly holidays?: readonly string[] | undefined;
  readonly cut_offs?: WeeklyTimeInput | undefined;
  readonly processing_seconds: number;
  /** Units that can be picked in one clock hour (UTC hour); missing = unlimited. */
  readonly picks_per_hour?: number | undefined;
  /** Parcels that can leave per local day; missing = unlimited. */
  readonly parcels_per_day?: number | undefined;
  readonly handling_per_parcel?: number | undefined;
  readonly handling_per_unit?: number | undefined;
  /** Temperature classes it can store and ship; missing = ambient only. */
  readonly temperatures?: readonly TemperatureClass[] | undefined;
  /** May hold hazardous goods; missing = no. */
  readonly hazardous?: boolean | undefined;
}

/** A destination area: by postal prefix, polygon, circle, or the whole country if none is given. */
export interface ZoneInput {
  readonly id: string;
  readonly country: string;
  readonly time_zone: string;
  readonly postal_prefixes?: readonly string[] | undefined;
  readonly polygon?: readonly (readonly (readonly [number, number])[])[] | undefined;
  readonly circle?:
    | { readonly center: readonly [number, number]; readonly radius_metres: number }
    | undefined;
  readonly remote?: boolean | undefined;
  /** When doors are answered there; missing = every day, all day. */
  readonly delivery_hours?: WeeklyHoursInput | undefined;
  readonly holidays?: readonly string[] | undefined;
}

/** Price of one weight band, minor units: the larger of `minimum` and `base` + `per_kg` × kilograms. */
export interface RateInput {
  readonly base: number;
  readonly per_kg?: number | undefined;
  readonly minimum?: number | undefined;
}

/**
 * What a carrier charges: per rate area one rate (null = not sold) for each weight band, whose upper
 * ends are `weight_breaks_grams`. With `cm3_per_kg` a parcel weighs at least its volume over that.
 */
export interface RateCardInput {
  readonly id: string;
  readonly weight_breaks_grams: readonly number[];
  readonly rates: { readonly [rate_area: string]: readonly (RateInput | null)[] };
  readonly cm3_per_kg?: number | undefined;
  readonly fuel_percent?: number | undefined;
  readonly remote_surcharge?: number | undefined;
}

/** Seconds from pickup to door: [probability, seconds] points, ascending, straight lines between. */
export interface TransitTimeInput {
  readonly id: string;
  readonly quantiles: readonly (readonly [number, number])[];
  /** Of a learned table: what its quantiles are made of, so that a wait can be added in between. */
  readonly learned?: LearnedPartsInput | undefined;
  /** Of a learned table: the service whose `quiet_hours` hold for promises by it; missing = none do. */
  readonly quiet_service_id?: string | undefined;
}

/** At each point of a learned table: seconds as seen, and by what a stated time is multiplied. */
export interface LearnedPartsInput {
  readonly transit_seconds: readonly number[];
  readonly stretch: readonly number[];
}

/** Shares of parcels that the waits of a `WaitInput` stand for, shortest wait first. */
export const WAIT_SHARES: readonly number[] = [
  0.01, 0.04, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.015, 0.01,
];
/** How long after a planned pickup parcels really leave, as far as queues and picking delay them. */
export interface WaitInput {
  /** null = every warehouse that has no row of its own. */
  readonly warehouse_id: string | null;
  /** Hours of the week (0 = Monday 00:00 UTC) of the planned pickup; null = those no other row names. */
  readonly hours: readonly number[] | null;
  /** Seconds, one for each of `WAIT_SHARES`, ascending. */
  readonly wait_seconds: readonly number[];
}

/** Hours of the week in which a service next to never hands parcels over. */
export interface QuietHoursInput {
  readonly service_id: string;
  /** Country of the zone; null = those that no other row of the service names. */
  readonly region: string | null;
  /**
   * [first hour, hours], 0 = Monday 00:00 by the clocks of the zone; in order, disjoint, each shorter than a
   * week.
   */
  readonly runs: readonly (readonly [number, number])[];
}

/**
 * A promise that falls into a quiet run moves back to its beginning, but with the policy's confidence p never
 * below the quantile at p - 0.4 (1 - p): whatever hours say, at most this part more parcels come late.
 */
export const QUIET_PART = 0.4;

/** A mile between a hub and what a lane serves; `carrier_id` missing = the service's carrier. */
export interface MileInput {
  readonly hub_id: string;
  readonly transit_time_id: string;
  readonly carrier_id?: string | undefined;
  /** What was learned of the mile on this lane counts in its place; documents do not say it. */
  readonly learned_time_id?: string | undefined;
}

/** A way over hubs: from the lane's warehouses to one of these, by legs, to its zones. */
export interface ViaInput {
  readonly first_mile: readonly MileInput[];
  readonly last_mile: readonly MileInput[];
  /** Carriers whose legs it may use; missing = all. */
  readonly carriers?: readonly string[] | undefined;
}

/** A place where parcels change vehicles. */
export interface HubInput {
  readonly id: string;
  readonly time_zone: string;
  /** From an arrival to the first departure that can be caught; missing = none. */
  readonly transfer_seconds?: number | undefined;
}

/** An edge between two hubs. */
export interface LegInput {
  readonly id: string;
  readonly carrier_id: string;
  readonly from_hub_id: string;
  readonly to_hub_id: string;
  /** In the first hub's time zone; missing = at any time, such as customs. */
  readonly departures?: WeeklyTimesInput | undefined;
  /** As planned; the time itself where there is no `transit_time_id`. */
  readonly duration_seconds: number;
  readonly transit_time_id?: string | undefined;
  /** For one parcel; missing = nothing. */
  readonly cost?: number | undefined;
  readonly carbon_grams?: number | undefined;
}

/** Something that does not go as planned. Epoch seconds, the end excluded. */
export type DisruptionInput = {
  readonly from_seconds: number;
  readonly until_seconds: number;
} & (
  | { readonly kind: 'hub_closed'; readonly hub_id: string }
  | { readonly kind: 'leg_cancelled'; readonly leg_id: string }
  | { readonly kind: 'leg_delayed'; readonly leg_id: string; readonly delay_seconds: number }
);

/** What a carrier sells: where it picks up and when, where it goes, at what price and how fast. */
export interface ServiceInput {
  readonly id: string;
  readonly carrier_id: string;
  readonly rate_card_id: string;
  readonly pickups: WeeklyTimesInput;
  readonly pickup_holidays?: readonly string[] | undefined;
  readonly lanes: readonly {
    readonly warehouses?: readonly string[] | undefined;
    readonly zones?: readonly string[] | undefined;
    readonly rate_area: string;
    /** Time from pickup to door; missing = it goes by `via`, one of the two is there. */
    readonly transit_time_id?: string | undefined;
    readonly via?: ViaInput | undefined;
  }[];
  /** Missing = ambient only. */
  readonly temperatures?: readonly TemperatureClass[] | undefined;
  /** Missing = no. */
  readonly hazardous?: boolean | undefined;
  readonly max_weight_grams?: number | undefined;
  readonly max_length_mm?: number | undefined;
  readonly max_girth_plus_length_mm?: number | undefined;
  readonly parcels_per_day?: number | undefined;
  readonly parcels_per_day_per_warehouse?: number | undefined;
  /** What it emits, grams of CO2e for a tonne over a kilometre; missing = it does not say. */
  readonly carbon_grams_per_tonne_km?: number | undefined;
}

/** Weights and rules of deciding. Money in minor units. */
export interface PolicyInput {
  /** Probability at which a promise is stated, in (0, 1). */
  readonly confidence: number;
  /** Most parcels one decision may use. */
  readonly split_limit: number;
  /** Charged for each parcel beyond the first. */
  readonly split_penalty: number;
  /** Charged per expected day past the order's `deliver_by`. */
  readonly lateness_per_day: number;
  /** Price of time: charged per day from the order to the last parcel's promise. */
  readonly time_per_day: number;
  /**
   * Price of carbon: charged per kilogram of CO2e of each parcel, as far as its legs or its service state
   * it. Missing = 0.
   */
  readonly carbon_per_kg?: number | undefined;
  /**
   * Pairs of goods that never share a parcel: `ambient`, `chilled`, `frozen`, `hazardous` and goods
   * classes, at most 30 names; the two of a pair differ. Units of one SKU are never kept apart.
   */
  readonly apart?: readonly (readonly [string, string])[] | undefined;
  /**
   * Least probability that all parcels of an order are at the door by its `deliver_by`; missing =
   * lateness has a price but no limit.
   */
  readonly on_time_confidence?: number | undefined;
  /**
   * Time set aside for the carrier's answer: a warehouse is handed the work when a carrier has taken it,
   * so no picking is planned to start sooner than this after the order's `at`. Missing = 0.
   */
  readonly answer_seconds?: number | undefined;
}

/** What the library needs of a network document. */
export interface NetworkInput {
  readonly skus: readonly SkuInput[];
  readonly warehouses: readonly WarehouseInput[];
  readonly zones: readonly ZoneInput[];
  readonly rate_cards: readonly RateCardInput[];
  readonly transit_times: readonly TransitTimeInput[];
  readonly services: readonly ServiceInput[];
  readonly hubs?: readonly HubInput[] | undefined;
  readonly legs?: readonly LegInput[] | undefined;
  readonly policy: PolicyInput;
  /** What does not go as planned now; of rows that are not there (any more) nothing follows. */
  readonly disruptions?: readonly DisruptionInput[] | undefined;
  /** Waits that were learned. Of two rows that speak of the same hour the later counts. */
  readonly waits?: readonly WaitInput[] | undefined;
  /** Quiet hours that were learned, one row for each service and region. */
  readonly quiet_hours?: readonly QuietHoursInput[] | undefined;
}

/** Where a parcel goes. Zones are found from all of it (see `zones.ts`). */
export interface Destination {
  readonly country: string;
  readonly postal_code: string;
  readonly position?: readonly [number, number] | undefined;
}

/** One line to source. `line_no` is the line's own in its order, `quantity` whole and ≥ 1. */
export interface SourcingLine {
  readonly line_no: number;
  readonly sku_id: string;
  readonly quantity: number;
  /** Measured weight of the whole line; missing = quantity × the SKU's weight. */
  readonly weight_grams?: number | undefined;
  /** Lines of an order with the same name leave in one parcel, whole. */
  readonly keep_together?: string | undefined;
}

/** One order to source, as of `at`. Everything the decision depends on besides stock and capacity. */
export interface SourcingOrder {
  readonly at_seconds: number;
  readonly destination: Destination;
  readonly lines: readonly SourcingLine[];
  /** Wanted at the door by then; missing = no lateness term. */
  readonly deliver_by_seconds?: number | undefined;
  /** Most parcels of this order, where fewer than the policy allows. */
  readonly split_limit?: number | undefined;
  /** The whole order leaves in one parcel or not at all. */
  readonly ship_complete?: boolean | undefined;
  /** Services that must not be used again (rejected tenders): exclusions by service id. */
  readonly excluded_services?: readonly string[] | undefined;
  /** Warehouses that must not be used again (no carrier took it): exclusions by warehouse id. */
  readonly excluded_warehouses?: readonly string[] | undefined;
  /** Stock that is not there whatever the books say (short picks): SKUs by warehouse. */
  readonly excluded_stock?: readonly ExcludedStock[] | undefined;
  /** Keep to these warehouses (a tender of a shipment already placed). */
  readonly only_warehouses?: readonly string[] | undefined;
  /** Keep to these services. */
  readonly only_services?: readonly string[] | undefined;
}

/** A SKU that must not be taken from a warehouse. */
export interface ExcludedStock {
  readonly warehouse_id: string;
  readonly sku_id: string;
}

/** Free units of one lot of a SKU in a warehouse; `stock_id` is the lot's own. */
export interface StockPosition {
  readonly stock_id: number;
  readonly warehouse_id: string;
  readonly sku_id: string;
  /** on hand − reserved − safety, ≥ 0 */
  readonly available: number;
  /** Last instant the lot may be used; missing = does not perish. */
  readonly expires_seconds?: number | undefined;
}

/**
 * Capacity used of one resource in one slot. Resources are named
 * `picks/<warehouse>` (slot = start of the UTC hour in which picking starts), `parcels/<warehouse>`,
 * `service/<service>` and `service/<service>/<warehouse>` (slot = 00:00 UTC of the warehouse-local date of
 * the pickup).
 */
export interface CapacityUse {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly used: number;
}

/** Capacity that a parcel takes, with the limit that was in force. */
export interface CapacityTake {
  readonly resource: string;
  readonly slot_seconds: number;
  readonly amount: number;
  readonly limit: number;
}

/** Units of one line taken from one lot. */
export interface StockTake {
  readonly line_no: number;
  readonly stock_id: number;
  readonly quantity: number;
}

/** The terms of a parcel's cost, minor units, each already rounded. */
export interface ParcelCost {
  readonly freight: number;
  readonly handling: number;
  readonly split: number;
  readonly lateness: number;
  readonly time: number;
  /** What the policy charges for what the parcel emits; missing where carbon has no price. */
  readonly carbon?: number;
}

/** One mile of a parcel's route. Instants are medians: half the parcels leave or arrive by then. */
export interface RouteStep {
  readonly kind: 'first_mile' | 'leg' | 'last_mile';
  readonly carrier_id: string;
  /** Of a leg. */
  readonly leg_id?: string | undefined;
  /** Missing for the first mile. */
  readonly from_hub_id?: string | undefined;
  /** Missing for the last mile. */
  readonly to_hub_id?: string | undefined;
  /** Distribution of the first and the last mile. */
  readonly transit_time_id?: string | undefined;
  readonly departs_seconds: number;
  readonly arrives_seconds: number;
}

/** The way of a parcel over hubs, with what its legs cost (minor units) and emit. */
export interface RoutePlan {
  readonly steps: readonly RouteStep[];
  readonly cost: number;
  readonly carbon_grams: number;
}

/** Units leaving one warehouse together by one service. */
export interface ParcelPlan {
  readonly warehouse_id: string;
  readonly service_id: string;
  readonly carrier_id: string;
  readonly zone_id: string;
  readonly takes: readonly StockTake[];
  readonly capacity: readonly CapacityTake[];
  readonly weight_grams: number;
  readonly billed_weight_grams: number;
  /** Start of processing, end of processing, pickup by the carrier. */
  readonly pick_from_seconds: number;
  readonly ready_seconds: number;
  readonly pickup_seconds: number;
  /** Median and promised (at the policy's confidence) instant at the door. */
  readonly expected_seconds: number;
  readonly promise_seconds: number;
  /** P(at the door by the order's `deliver_by`), where the policy demands one. */
  readonly on_time_probability?: number | undefined;
  /** Of a lane that goes by hubs. */
  readonly route?: RoutePlan | undefined;
  readonly cost: ParcelCost;
}

/** How good the plan is: `optimal` (gap 0, proved) or `bounded` (cost ≤ (1 + gap) × optimum). */
export type Proof =
  | { readonly kind: 'optimal' }
  | { readonly kind: 'bounded'; readonly lower_bound: number; readonly gap: number };

/** A decision: the parcels of an order, in order of their first line, and how good it is. */
export interface SourcedPlan {
  readonly outcome: 'sourced';
  readonly parcels: readonly ParcelPlan[];
  /** The latest parcel's promise. */
  readonly promise_seconds: number;
  readonly confidence: number;
  /** Sum of all cost terms, minor units. */
  readonly cost: number;
  readonly proof: Proof;
  readonly method: 'exact' | 'search' | 'greedy';
  /** Work done, in solver steps; with the same budget the same plan comes out, on any machine. */
  readonly work: number;
}

/**
 * Why no plan was found. `line_nos` are the lines to blame, where lines are. A search that its budget ended
 * may refuse what has a plan, where greed finds none: few parcels, or late ones, of many pieces.
 */
export interface Unsourced {
  readonly outcome: 'unsourced';
  readonly reason:
    | 'no_stock'
    | 'no_zone'
    | 'no_service'
    | 'no_capacity'
    | 'split_limit'
    | 'keep_together'
    | 'late'
    | 'unknown_sku';
  readonly line_nos: readonly number[];
  readonly work: number;
}

/** Outcome of one decision. */
export type SourcingResult = SourcedPlan | Unsourced;

/** How much work a decision may do; the caller turns time into it. The library reads no clock. */
export interface WorkBudget {
  readonly work: number;
  /** Asked every few thousand steps; true stops the search with the best plan so far. */
  readonly should_stop?: (() => boolean) | undefined;
}

/** A rule of an order or its policy that keeps a plan out. */
export type RuleName =
  | 'split_limit'
  | 'ship_complete'
  | 'keep_together'
  | 'apart'
  | 'on_time_confidence';

/** What a rule allows, and what the cheapest plan without it would do. */
export interface RuleNumbers {
  /**
   * Parcels of the order (`split_limit`, `ship_complete`), parcels that one group leaves in
   * (`keep_together`), parcels with goods to be kept apart (`apart`), P(all is in time).
   */
  readonly got: number;
  readonly limit: number;
}

/** A rule that refused an order which has a plan without it. */
export interface RefusedBy extends RuleNumbers {
  readonly rule: RuleName;
}

/** A candidate that was not chosen, and why, in numbers. */
export interface Alternative {
  readonly warehouse_id: string;
  readonly service_id?: string | undefined;
  /** Cheapest whole plan that uses it, minor units; missing if there is none. */
  readonly cost?: number | undefined;
  readonly promise_seconds?: number | undefined;
  /** What removed it: `dearer` (cost is there), or the hard rule that was hit. */
  readonly lost_because:
    | 'dearer'
    | 'no_stock'
    | 'no_lane'
    | 'not_eligible'
    | 'no_capacity'
    | 'excluded'
    | 'lot_life'
    | RuleName;
  /** The numbers of the rule, where one of the order or its policy removed it. */
  readonly got?: number | undefined;
  readonly limit?: number | undefined;
  /** Cost above the chosen plan, minor units, for `dearer`. */
  readonly dearer_by?: number | undefined;
}

/** A rule that a decision breaks; an empty list means the decision is sound. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** Seconds of an hour. */
export const HOUR_SECONDS = 3600;
/** Seconds of a day that no clock change falls on. */
export const DAY_SECONDS = 86_400;
