/**
 * What pricing speaks about. A *class* is a kind of order that the forecast counts (a set of goods
 * to a region); a *resource* is something scarce that plans use: units of a SKU in a warehouse, or
 * capacity of a service-day or warehouse-hour. Both are plain numbers 0..n-1 here; who builds the
 * forecast knows what they stand for.
 *
 * Costs are money in any one unit; amounts are units of the resource (units, parcels, picks).
 */

/** One way to serve an order of a class: what it costs now and what it uses. */
export interface Plan {
  /** Immediate cost, without prices. */
  readonly cost: number;
  /** Resources used, each at most once. */
  readonly resources: readonly number[];
  /** Amount used of each, same length, > 0. */
  readonly amounts: readonly number[];
}

/**
 * Finds cheapest plans: the pricing problem of the column generation and the decision itself. It
 * must be exact, and there must be a plan at any stock (not to serve is a plan with its penalty).
 */
export interface PlanOracle {
  readonly classes: number;
  readonly resources: number;
  /**
   * The plan of least `cost` + Σ amount × `prices`, using only resources whose `free` is at least
   * the amount. Both arrays have one entry per resource. Ties go the same way each time.
   */
  readonly cheapest: (orderClass: number, prices: Float64Array, free: Float64Array) => Plan;
}

/** One column to add to a linear programme: at least 0, no upper bound. */
export interface LinearColumn {
  readonly cost: number;
  readonly rows: readonly number[];
  readonly values: readonly number[];
}

/** An optimal solution, or why there is none. */
export type LinearOutcome =
  | {
      readonly status: 'optimal';
      readonly cost: number;
      /** Change of the cost per unit of a row's bound, one per row. */
      readonly rowDuals: Float64Array;
      /** One per column. */
      readonly values: Float64Array;
    }
  | { readonly status: 'failed'; readonly reason: string };

/**
 * A linear programme min c·x, lower ≤ A x ≤ upper, x ≥ 0, that grows by columns and keeps its basis
 * between solves.
 */
export interface LinearModel {
  readonly addColumns: (columns: readonly LinearColumn[]) => void;
  readonly setRows: (lower: Float64Array, upper: Float64Array) => void;
  readonly solve: () => LinearOutcome;
  /** Gives the memory back; the model is not used afterwards. */
  readonly close: () => void;
}

/** Port to a solver of linear programmes. */
export interface LinearSolver {
  /** A programme with so many rows and no column. */
  readonly open: (rows: number) => LinearModel;
}

/** A stream of numbers uniform in [0, 1): chance is an argument. */
export type Chance = () => number;
