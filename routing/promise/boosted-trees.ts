/**
 * Least-squares gradient boosting over small regression trees with binned features.
 * Friedman: Greedy function approximation, Annals of Statistics 29 (2001); bins and the regularised
 * gain as in Chen, Guestrin: XGBoost, KDD 2016.
 *
 * Deterministic: which rows and features a tree sees is drawn from a fixed sequence, not from chance.
 */

/** Shape and patience of the model. */
export interface BoostingOptions {
  readonly trees: number;
  readonly depth: number;
  /** Share of each tree's answer that is kept, in (0, 1]. */
  readonly learning_rate: number;
  readonly least_rows_per_leaf: number;
  /** Rows of zero residual added to each leaf. */
  readonly ridge: number;
  /** Share of rows, and of features, that each tree sees. */
  readonly row_share: number;
  readonly feature_share: number;
}

interface Leaf {
  readonly value: number;
}
interface Fork {
  readonly feature: number;
  readonly below: number;
  readonly left: Tree;
  readonly right: Tree;
}
type Tree = Leaf | Fork;

/** A fitted model as plain data. */
export interface BoostedTrees {
  readonly base: number;
  readonly trees: readonly Tree[];
}

const BINS = 32;

/** Prediction for one row of features. O(trees × depth). */
export function predictTrees(model: BoostedTrees, row: readonly number[]): number {
  let sum = model.base;
  for (const tree of model.trees) sum += answer(tree, row);
  return sum;
}

function answer(tree: Tree, row: readonly number[]): number {
  let node = tree;
  while ('feature' in node) node = row[node.feature]! < node.below ? node.left : node.right;
  return node.value;
}

/** Uniform numbers in [0, 1) from a fixed seed (Mulberry32 by Tommy Ettinger). */
function fixedSequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bin edges of a feature: its quantiles, without repetition. */
function edgesOf(rows: readonly (readonly number[])[], feature: number): number[] {
  const sorted = rows.map((row) => row[feature]!).sort((a, b) => a - b);
  const edges: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / BINS)]!;
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}

/** What a tree is grown from. `bins[feature][row]` counts the edges at or below the value. */
interface Ground {
  readonly edges: readonly (readonly number[])[];
  readonly bins: readonly Uint8Array[];
  readonly residual: Float64Array;
  readonly options: BoostingOptions;
}

/**
 * Fits `targets` by the rows' features; all rows have the same number of them, all finite.
 * O(trees × depth × rows × features).
 *
 * @throws RangeError without rows.
 */
export function fitTrees(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  options: BoostingOptions,
): BoostedTrees {
  if (rows.length === 0) throw new RangeError('There are no rows to fit');
  const draw = fixedSequence(1);
  const edges = rows[0]!.map((_, feature) => edgesOf(rows, feature));
  const bins = edges.map((own, feature) =>
    Uint8Array.from(rows, (row) => own.filter((edge) => edge <= row[feature]!).length),
  );
  const base = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const residual = Float64Array.from(targets, (target) => target - base);
  const ground = { edges, bins, residual, options };
  const all = rows.map((_, i) => i);
  const trees: Tree[] = [];
  for (let t = 0; t < options.trees; t++) {
    const seen = all.filter(() => draw() < options.row_share);
    const features = edges.map((_, f) => f).filter(() => draw() < options.feature_share);
    const tree = grow(ground, seen, features, options.depth);
    trees.push(tree);
    rows.forEach((row, i) => {
      residual[i]! -= answer(tree, row);
    });
  }
  return { base, trees };
}

function grow(ground: Ground, rows: readonly number[], features: number[], depth: number): Tree {
  const { residual, options, bins, edges } = ground;
  const split = depth > 0 ? bestSplit(ground, rows, features) : undefined;
  if (split === undefined) {
    const sum = rows.reduce((total, row) => total + residual[row]!, 0);
    return { value: (options.learning_rate * sum) / Math.max(1e-9, rows.length + options.ridge) };
  }
  const { feature, bin } = split;
  const isLeft = (row: number): boolean => bins[feature]![row]! <= bin;
  return {
    feature,
    below: edges[feature]![bin]!,
    left: grow(ground, rows.filter(isLeft), features, depth - 1),
    right: grow(
      ground,
      rows.filter((row) => !isLeft(row)),
      features,
      depth - 1,
    ),
  };
}

/** The split that lowers the sum of squares most, if any does. */
function bestSplit(ground: Ground, rows: readonly number[], features: readonly number[]) {
  const { residual, bins, edges, options } = ground;
  const total = rows.reduce((sum, row) => sum + residual[row]!, 0);
  const worth = (sum: number, count: number): number => (sum * sum) / (count + options.ridge);
  let best: { feature: number; bin: number } | undefined;
  let most = worth(total, rows.length) + 1e-9;
  const sums = new Float64Array(BINS);
  const counts = new Int32Array(BINS);
  for (const feature of features) {
    sums.fill(0);
    counts.fill(0);
    for (const row of rows) {
      const bin = bins[feature]![row]!;
      sums[bin]! += residual[row]!;
      counts[bin]!++;
    }
    let sum = 0;
    let count = 0;
    for (let bin = 0; bin < edges[feature]!.length; bin++) {
      sum += sums[bin]!;
      count += counts[bin]!;
      if (Math.min(count, rows.length - count) < options.least_rows_per_leaf) continue;
      const gain = worth(sum, count) + worth(total - sum, rows.length - count);
      if (gain > most) {
        most = gain;
        best = { feature, bin };
      }
    }
  }
  return best;
}
