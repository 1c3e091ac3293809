/**
 * Bulk requests: every row is checked and answered on its own, in the order of the rows; bad rows are
 * reported and the good ones go through.
 */
import type { FastifyRequest } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import type { RowResult } from '../domain/commands.ts';
import { type Fault, Refusal, type RefusalCode } from '../domain/errors.ts';
import { UnreadableRow } from './bodies.ts';
import { faultsFrom } from './faults.ts';
import { asRefusal } from './problem.ts';

/** A body of rows: how many is checked at once, what they are row by row. */
export function Rows(maxItems: number) {
  return Type.Array(Type.Unknown(), { minItems: 1, maxItems });
}

export interface BulkDoor<T extends TSchema, C, R> {
  readonly request: FastifyRequest;
  /** The schema of one row. */
  readonly row: T;
  /** Makes the command of a valid row; a refusal it throws is the row's result. */
  readonly toCommand: (row: Static<T>) => C;
  /** Applies good rows, at most `slice_rows` at a time; results in their order. */
  readonly apply: (commands: readonly C[]) => Promise<readonly RowResult<R>[]>;
  readonly slice_rows: number;
}

interface RefusedRow {
  readonly status: 'refused';
  readonly code: RefusalCode;
  readonly detail: string;
  readonly errors?: readonly Fault[];
}
type AnsweredRow = { readonly index: number; readonly status: RowResult<object>['status'] };

export interface BulkOutcome {
  readonly applied: number;
  readonly duplicate: number;
  readonly refused: number;
  readonly results: readonly AnsweredRow[];
}

/** A row for which there was no room or no time. */
type PostponedRow = Extract<RowResult<never>, { status: 'refused' }>;

/**
 * What an error means for a row beside others that were stored: where the machine is only busy it is refused
 * as `overloaded`, to be posted again. @throws the error itself where it is anything else.
 */
export function postponed(error: unknown): PostponedRow {
  const refusal = asRefusal(error);
  if (refusal?.code !== 'overloaded') throw error;
  return { status: 'refused', code: refusal.code, detail: refusal.message, faults: [] };
}

/**
 * Checks and applies the rows of a request. What was stored is answered row by row, also where the machine
 * is too busy for the rest. @throws Refusal `overloaded` where it is for all.
 */
export async function applyRows<T extends TSchema, C, R extends object>(
  rows: readonly unknown[],
  door: BulkDoor<T, C, R>,
): Promise<BulkOutcome> {
  const results = new Array<AnsweredRow>(rows.length);
  const good: { index: number; command: C }[] = [];
  const counts = { applied: 0, duplicate: 0, refused: 0 };
  for (const [index, row] of rows.entries()) {
    const checked = checkRow(row, door);
    if ('command' in checked) good.push({ index, command: checked.command });
    else results[index] = { index, ...checked };
  }
  for (let from = 0; from < good.length; from += door.slice_rows) {
    const slice = good.slice(from, from + door.slice_rows);
    const applied = await door.apply(slice.map(({ command }) => command)).catch((error) => {
      if (from === 0) throw error;
      return slice.map(() => postponed(error));
    });
    for (const [at, { index }] of slice.entries()) {
      results[index] = { index, ...answerOf(applied[at]!) };
    }
  }
  for (const { status } of results) counts[status] += 1;
  return { ...counts, results };
}

function checkRow<T extends TSchema, C, R>(
  row: unknown,
  door: BulkDoor<T, C, R>,
): { readonly command: C } | RefusedRow {
  if (row instanceof UnreadableRow) {
    return { status: 'refused', code: 'invalid_json', detail: row.detail };
  }
  const isValid = door.request.compileValidationSchema(door.row);
  if (!isValid(row)) {
    const errors = faultsFrom(isValid.errors ?? []);
    return { status: 'refused', code: 'invalid_request', detail: errors[0].detail, errors };
  }
  try {
    return { command: door.toCommand(row as Static<T>) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 'refused', code: error.code, detail: error.message, errors: error.faults };
  }
}

function answerOf<R extends object>(result: RowResult<R>): RefusedRow | RowResult<R> {
  if (result.status !== 'refused') return result;
  const { status, code, detail, faults } = result;
  const refused: RefusedRow = { status, code, detail };
  return faults.length === 0 ? refused : { ...refused, errors: faults };
}
