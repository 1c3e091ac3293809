/**
 * One plan for each of some orders, at least cost, within what there is of each resource: a small 0/1
 * programme for HiGHS. The loaded module is passed in, so the library depends on no package.
 */
import type { HighsModel, HighsModule } from './highs-solver.ts';
import type { Plan } from './types.ts';

/** Chooses a plan per group; null when nothing was found within its limits. */
export interface ChoiceSolver {
  choose(groups: readonly (readonly Plan[])[], supply: readonly number[]): number[] | null;
}

/** The part of a HiGHS model that whole numbers need. */
export interface HighsChoiceModel extends HighsModel {
  changeColsIntegrality(
    selection: { readonly kind: 'range'; readonly from: number; readonly to: number },
    types: Int32Array,
  ): unknown;
}

/** The part of the loaded `highs` module that is used. */
export interface HighsChoiceModule extends Omit<HighsModule, 'createModel'> {
  createModel(): HighsChoiceModel;
}

/** Limits of one programme. What is best when they are reached is taken. */
export interface ChoiceLimits {
  /** Relative distance from the bound at which it ends. */
  readonly gap: number;
  readonly nodes: number;
  /** Seconds of the machine: what is chosen may differ between machines, never what it is held to. */
  readonly seconds: number;
}

const USUAL_LIMITS: ChoiceLimits = { gap: 1e-3, nodes: 200, seconds: 10 };
const INTEGER = 1;

/**
 * The solver port over a loaded `highs` module (1.15). Memory O(plans × resources); time, exponential at
 * worst, is held to the limits.
 */
export function highsChoices(
  highs: HighsChoiceModule,
  limits: ChoiceLimits = USUAL_LIMITS,
): ChoiceSolver {
  return {
    choose: (groups, supply) => {
      const model = highs.createModel();
      try {
        return chooseWith(model, groups, supply, limits);
      } catch {
        return null;
      } finally {
        model.dispose();
      }
    },
  };
}

function chooseWith(
  model: HighsChoiceModel,
  groups: readonly (readonly Plan[])[],
  supply: readonly number[],
  { gap, nodes, seconds }: ChoiceLimits,
): number[] | null {
  model.options.set({
    output_flag: false,
    mip_rel_gap: gap,
    mip_max_nodes: nodes,
    time_limit: seconds,
  });
  const rows = groups.length + supply.length;
  const free = Number.NEGATIVE_INFINITY;
  model.addRows({
    lower: Float64Array.from({ length: rows }, (_, r) => (r < groups.length ? 1 : free)),
    upper: Float64Array.from({ length: rows }, (_, r) =>
      r < groups.length ? 1 : supply[r - groups.length]!,
    ),
    matrix: {
      ...{ format: 'csr', numRows: rows, numCols: 0, starts: new Int32Array(rows + 1) },
      ...{ indices: new Int32Array(), values: new Float64Array() },
    },
  });
  const plans = groups.flatMap((group, g) => group.map((plan) => ({ plan, g })));
  model.addCols({
    cost: Float64Array.from(plans, ({ plan }) => plan.cost),
    lower: new Float64Array(plans.length),
    upper: new Float64Array(plans.length).fill(1),
    matrix: columnsOf(plans, groups.length, rows),
  });
  const all = { kind: 'range', from: 0, to: plans.length - 1 } as const;
  model.changeColsIntegrality(all, new Int32Array(plans.length).fill(INTEGER));
  model.run();
  return chosenIn(groups, model.getSolution().colValue);
}

function columnsOf(
  plans: readonly { readonly plan: Plan; readonly g: number }[],
  first: number,
  rows: number,
) {
  const starts = new Int32Array(plans.length + 1);
  plans.forEach(({ plan }, i) => {
    starts[i + 1] = starts[i]! + 1 + plan.resources.length;
  });
  return {
    ...({ format: 'csc', numRows: rows, numCols: plans.length, starts } as const),
    indices: Int32Array.from(
      plans.flatMap(({ plan, g }) => [g, ...plan.resources.map((r) => first + r)]),
    ),
    values: Float64Array.from(plans.flatMap(({ plan }) => [1, ...plan.amounts])),
  };
}

/** Place of the plan chosen in each group; null if there is not one in each. */
function chosenIn(groups: readonly (readonly Plan[])[], values: Float64Array): number[] | null {
  let at = 0;
  const chosen: number[] = [];
  for (const group of groups) {
    const place = group.findIndex((_, i) => values[at + i]! > 0.5);
    if (place < 0) return null;
    chosen.push(place);
    at += group.length;
  }
  return chosen;
}
