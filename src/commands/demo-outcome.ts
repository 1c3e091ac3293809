/** What a demo came to: for people in a few lines, for programs in one line of JSON. */
import { runAudit } from '../../db/audit.ts';
import { inTransaction } from '../../db/database.ts';
import { type RunSummary, readRunSummary } from '../../db/run-summary.ts';
import type { Engine } from '../fulfillment/engine.ts';

/** The last line of `portolan demo --exit`. Times of decisions are milliseconds of the machine. */
export interface Outcome {
  readonly orders: number;
  readonly decided: number;
  readonly backordered: number;
  readonly cancelled: number;
  readonly delivered: number;
  readonly on_time: number;
  readonly breached: number;
  readonly decision_p50_ms: number | null;
  readonly decision_p99_ms: number | null;
  readonly deadline_missed: number;
  /** `clean`, or how many broken invariants the auditor found. */
  readonly audit: string;
}

/** Audits and counts; tells people on `out`. Good = every order is over, and the audit is clean. */
export async function readOutcome(
  engine: Engine,
  out: { write(text: string): unknown },
): Promise<{ line: Outcome; is_good: boolean }> {
  const findings = await runAudit(engine.database);
  for (const { invariant, detail } of findings) out.write(`  ${invariant}: ${detail}\n`);
  const summary = await inTransaction(engine.database, readRunSummary);
  const { orders, decided, backordered, cancelled, delivered, on_time, breached } = summary;
  const audit = findings.length === 0 ? 'clean' : `${findings.length} findings`;
  out.write(inWords(summary, engine.clock.work_speed));
  return {
    line: {
      ...{ orders, decided, backordered, cancelled, delivered, on_time, breached },
      decision_p50_ms: machineMs(summary.decision_p50_ms, engine.clock.work_speed),
      decision_p99_ms: machineMs(summary.decision_p99_ms, engine.clock.work_speed),
      deadline_missed: summary.deadline_missed,
      audit,
    },
    is_good: findings.length === 0 && delivered + cancelled + summary.failed === orders,
  };
}

function machineMs(ms: number | null, speed: number): number | null {
  return ms === null ? null : rounded(ms / speed);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function inWords(summary: RunSummary, speed: number): string {
  const { orders, delivered, cancelled, failed, on_time, shipments, split } = summary;
  const percent = delivered === 0 ? 0 : (100 * on_time) / delivered;
  const solver = [summary.solver_p50_ms, summary.solver_p99_ms].map((ms) => rounded(ms ?? 0));
  const waited_ms = summary.decision_p50_ms ?? 0;
  return `
  ${orders} orders in ${shipments} parcels, ${split} of them in more than one
  ${delivered} delivered, ${percent.toFixed(1)} % of these by the promise
  ${cancelled} cancelled, ${failed} failed (something was lost or came back)
  half the decisions were stored within ${machineMs(waited_ms, speed)} ms, which is \
${rounded(waited_ms / 60_000)} minutes of the demo
  the solver took ${solver[0]} ms for half the orders, at most ${solver[1]} ms for 99 of 100

`;
}
