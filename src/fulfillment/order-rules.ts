/** The rules of an order on its way from the body that states them to the problem that obeys them. */
import type { SourcingOrder } from '../../routing/index.ts';
import type { Fault } from '../domain/errors.ts';
import type { OrderLine, OrderRules } from '../domain/order.ts';

/** Rules as one text, whatever the order of their fields: equal rules, equal text. */
export function rulesText(rules: OrderRules | null | undefined): string {
  const { split_limit = null, ship_complete = false, keep_together = [] } = rules ?? {};
  return JSON.stringify([split_limit, ship_complete, keep_together]);
}

/** What the schema cannot know: line numbers are unique. */
export function lineFaults(lines: readonly OrderLine[]): Fault[] {
  const seen = new Set<number>();
  return lines.flatMap(({ line_no }, at) => {
    const again = seen.has(line_no);
    seen.add(line_no);
    if (!again) return [];
    const detail = `got ${line_no} twice, expected each line number once`;
    return [{ pointer: `/lines/${at}/line_no`, detail }];
  });
}

/** What the schema cannot know: groups name lines of the order, each line once. */
export function groupFaults(order: {
  readonly lines: readonly OrderLine[];
  readonly rules?: OrderRules | undefined;
}): Fault[] {
  const known = new Set(order.lines.map((line) => line.line_no));
  const seen = new Set<number>();
  return (order.rules?.keep_together ?? []).flatMap((group, g) =>
    group.flatMap((line_no, i) => {
      const again = seen.has(line_no);
      seen.add(line_no);
      if (known.has(line_no) && !again) return [];
      const expected = again ? 'each line in one group' : 'the number of a line of the order';
      const pointer = `/rules/keep_together/${g}/${i}`;
      return [{ pointer, detail: `got ${line_no}, expected ${expected}` }];
    }),
  );
}

/** The rules as routing takes them, for lines by their numbers. */
export function sourcingRules(rules: OrderRules | null | undefined): Pick<
  SourcingOrder,
  'split_limit' | 'ship_complete'
> & {
  readonly groupOf: (line_no: number) => { keep_together?: string };
} {
  const groups = new Map(
    (rules?.keep_together ?? []).flatMap((group, g) =>
      group.map((no) => [no, `${g + 1}`] as const),
    ),
  );
  const { split_limit, ship_complete } = rules ?? {};
  return {
    ...(split_limit === undefined ? {} : { split_limit }),
    ...(ship_complete === undefined ? {} : { ship_complete }),
    groupOf: (line_no) => {
      const keep_together = groups.get(line_no);
      return keep_together === undefined ? {} : { keep_together };
    },
  };
}
