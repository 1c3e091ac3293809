/** Settings of the multi-item fulfilment experiments, as published (see `ma-instance.ts`). */

/** What an instance is drawn from. */
export interface MaSetting {
  /** The first ten cities and five centres, or all 99 and ten. */
  readonly network: 'small' | 'big';
  readonly items: number;
  /** Order types have 1..`largest_order` items, `types_per_size` of each size. */
  readonly largest_order: number;
  readonly types_per_size: number;
  readonly periods: number;
  /** Probability that a centre carries an item. */
  readonly carry: number;
  /** Weights of the sizes, the empty order included: uniform draws, or different whole numbers. */
  readonly size_weights: 'uniform' | 'different_integers';
  /** Stock above the nearest-centre demand: half a standard deviation, or rounded up. */
  readonly stock: 'half_deviation' | 'ceiling';
  /**
   * a in [0, 1]: in the first half of the horizon single-item orders come 2a times as often and
   * larger ones 2 (1 − a) times, in the second half the other way round. 0.5 = nothing changes.
   */
  readonly singles_first: number;
}

/** The small network at T = 10,000. */
export const SMALL: MaSetting = {
  network: 'small',
  items: 20,
  largest_order: 5,
  types_per_size: 5,
  periods: 10_000,
  carry: 0.75,
  size_weights: 'uniform',
  stock: 'half_deviation',
  singles_first: 0.5,
};

/** The big network. */
export const BIG: MaSetting = {
  network: 'big',
  items: 100,
  largest_order: 10,
  types_per_size: 10,
  periods: 100_000,
  carry: 0.5,
  size_weights: 'uniform',
  stock: 'half_deviation',
  singles_first: 0.5,
};

/** After Amil, Makhdoumi and Wei: T = 1,000, arrivals that change, no spare stock. */
export const CHANGING: MaSetting = {
  ...SMALL,
  periods: 1000,
  size_weights: 'different_integers',
  stock: 'ceiling',
  singles_first: 0.9,
};
