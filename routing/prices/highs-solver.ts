/**
 * HiGHS (npm `highs`, MIT) behind the solver port. The loaded module is passed in, so the library
 * depends on no package; matrices go in as typed arrays, never as text, and each model keeps its
 * simplex basis, so that a changed right-hand side costs few iterations.
 */
import type { LinearColumn, LinearModel, LinearOutcome, LinearSolver } from './types.ts';

/** The part of a HiGHS model that is used. */
export interface HighsModel {
  readonly options: { set(values: Readonly<Record<string, unknown>>): unknown };
  addRows(rows: {
    readonly lower: Float64Array;
    readonly upper: Float64Array;
    readonly matrix: HighsMatrix;
  }): unknown;
  addCols(columns: {
    readonly cost: Float64Array;
    readonly lower: Float64Array;
    readonly upper: Float64Array;
    readonly matrix: HighsMatrix;
  }): unknown;
  changeRowsBounds(
    selection: { readonly kind: 'range'; readonly from: number; readonly to: number },
    lower: Float64Array,
    upper: Float64Array,
  ): unknown;
  run(): unknown;
  /** Forgets the basis and all that was learned while solving. */
  clearSolver(): unknown;
  getModelStatus(): unknown;
  getObjectiveValue(): number;
  getSolution(): { readonly colValue: Float64Array; readonly rowDual: Float64Array };
  dispose(): void;
}

/** Sparse matrix by rows (`csr`) or columns (`csc`). */
export interface HighsMatrix {
  readonly format: 'csr' | 'csc';
  readonly numRows: number;
  readonly numCols: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** The part of the loaded `highs` module that is used. */
export interface HighsModule {
  createModel(): HighsModel;
  readonly constants: { readonly modelStatus: { readonly optimal: unknown } };
}

/** Limits of one solve. */
export interface HighsLimits {
  /** Simplex iterations, after which a solve counts as failed. Deterministic, unlike a time limit. */
  readonly iterations: number;
}

const DEFAULT_LIMITS: HighsLimits = { iterations: 200_000 };

function matrixOf(columns: readonly LinearColumn[], rows: number): HighsMatrix {
  const starts = new Int32Array(columns.length + 1);
  columns.forEach((column, i) => {
    starts[i + 1] = starts[i]! + column.rows.length;
  });
  return {
    format: 'csc',
    numRows: rows,
    numCols: columns.length,
    starts,
    indices: Int32Array.from(columns.flatMap((column) => column.rows)),
    values: Float64Array.from(columns.flatMap((column) => column.values)),
  };
}

function solveModel(highs: HighsModule, model: HighsModel): LinearOutcome {
  const { optimal } = highs.constants.modelStatus;
  try {
    model.run();
    if (model.getModelStatus() !== optimal) {
      // A basis many solves old can be singular; the same programme from nothing is not.
      model.clearSolver();
      model.run();
    }
    const status = model.getModelStatus();
    if (status !== optimal) return { status: 'failed', reason: `model status ${String(status)}` };
    const { colValue: values, rowDual: rowDuals } = model.getSolution();
    return { status: 'optimal', cost: model.getObjectiveValue(), rowDuals, values };
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function openModel(highs: HighsModule, limits: HighsLimits, rows: number): LinearModel {
  const model = highs.createModel();
  model.options.set({
    output_flag: false,
    presolve: 'off',
    solver: 'simplex',
    simplex_iteration_limit: limits.iterations,
  });
  model.addRows({
    lower: new Float64Array(rows),
    upper: new Float64Array(rows),
    matrix: { ...matrixOf([], rows), format: 'csr', starts: new Int32Array(rows + 1) },
  });
  return {
    addColumns: (columns) => {
      if (columns.length === 0) return;
      model.addCols({
        cost: Float64Array.from(columns, ({ cost }) => cost),
        lower: new Float64Array(columns.length),
        upper: new Float64Array(columns.length).fill(Number.POSITIVE_INFINITY),
        matrix: matrixOf(columns, rows),
      });
    },
    setRows: (lower, upper) => {
      if (rows > 0) model.changeRowsBounds({ kind: 'range', from: 0, to: rows - 1 }, lower, upper);
    },
    solve: () => solveModel(highs, model),
    close: () => model.dispose(),
  };
}

/**
 * The solver port over a loaded `highs` module (1.15): simplex without presolve, from the last basis. One
 * that fails from there is tried once more from nothing. Memory O(columns added).
 */
export function highsSolver(
  highs: HighsModule,
  limits: HighsLimits = DEFAULT_LIMITS,
): LinearSolver {
  return { open: (rows) => openModel(highs, limits, rows) };
}
