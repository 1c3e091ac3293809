/**
 * What a process tells Prometheus. One registry per process; steps, doors and workers record through
 * the named functions below, so what is measured can be read in one place.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];
const STEP_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const DECISION_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];
const SHARE_BUCKETS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 2];

/** The registry of this process; `GET /metrics` prints it. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const registers = [registry];
const httpSeconds = new Histogram({
  name: 'portolan_http_request_seconds',
  help: 'Time to answer a request, by route pattern.',
  labelNames: ['method', 'route', 'status'],
  buckets: REQUEST_BUCKETS,
  registers,
});
const stepSeconds = new Histogram({
  name: 'portolan_step_seconds',
  help: 'Time of one run of a step: load, decide, save.',
  labelNames: ['step'],
  buckets: STEP_BUCKETS,
  registers,
});
const stepRows = new Counter({
  name: 'portolan_step_rows_total',
  help: 'Things a step has moved.',
  labelNames: ['step'],
  registers,
});
const stepFailures = new Counter({
  name: 'portolan_step_failures_total',
  help: 'Runs of a step that ended with an error; the bell stays owed and it runs again.',
  labelNames: ['step'],
  registers,
});
const lostRaces = new Counter({
  name: 'portolan_lost_races_total',
  help: 'Batches of decisions undone and made again: a unit or slot went to another batch.',
  registers,
});
const decisionSeconds = new Histogram({
  name: 'portolan_decision_seconds',
  help: 'Time the solver took for one order.',
  labelNames: ['method'],
  buckets: DECISION_BUCKETS,
  registers,
});
const deadlineShare = new Histogram({
  name: 'portolan_decision_deadline_share',
  help: 'Time from acceptance to decision, as a share of the time allowed; above 1 is late.',
  buckets: SHARE_BUCKETS,
  registers,
});
const deadlineMissed = new Counter({
  name: 'portolan_decision_deadline_missed_total',
  help: 'Orders decided after their deadline.',
  registers,
});
const queueAge = new Gauge({
  name: 'portolan_bell_owed_seconds',
  help: 'How long a queue has been owed a bell without being served; 0 = nothing is owed.',
  labelNames: ['queue'],
  registers,
});
const queueRecoveries = new Counter({
  name: 'portolan_queue_recoveries_total',
  help: 'Times the watchdog gave up a queue connection and made a new one.',
  registers,
});
const journalLag = new Gauge({
  name: 'portolan_journal_lag_events',
  help: 'Events drawn but not yet readable in commit order, or not yet read by the live stream.',
  registers,
});
const networkVersion = new Gauge({
  name: 'portolan_network_version',
  help: 'The version of the network that this process works with; 0 before the first.',
  registers,
});

/** One request answered; `route` is the pattern, never the path. */
export function recordRequest(
  at: { method: string; route: string; status: number },
  seconds: number,
): void {
  httpSeconds.observe({ ...at, status: String(at.status) }, seconds);
}

/** One run of a step. */
export function recordStep(step: string, run: { seconds: number; rows: number }): void {
  stepSeconds.observe({ step }, run.seconds);
  if (run.rows > 0) stepRows.inc({ step }, run.rows);
}

/** One run of a step that threw. */
export function recordStepFailure(step: string): void {
  stepFailures.inc({ step });
}

/** One order decided: solver time, and time since acceptance against the time allowed. */
export function recordDecision(decision: {
  method: string;
  solver_seconds: number;
  waited_seconds: number;
  budget_seconds: number;
}): void {
  decisionSeconds.observe({ method: decision.method }, decision.solver_seconds);
  deadlineShare.observe(decision.waited_seconds / decision.budget_seconds);
  if (decision.waited_seconds > decision.budget_seconds) deadlineMissed.inc();
}

/** How long `queue` has been owed a bell; 0 when nothing is owed. */
export function recordQueueAge(queue: string, seconds: number): void {
  queueAge.set({ queue }, seconds);
}

/** A batch of decisions lost a race for a unit or a slot. */
export function recordLostRace(): void {
  lostRaces.inc();
}

/** The watchdog made a new queue connection. */
export function recordQueueRecovery(): void {
  queueRecoveries.inc();
}

/** How far the readers of the journal are behind its newest event. */
export function recordJournalLag(events: number): void {
  journalLag.set(events);
}

/** The network version that decisions are made with from now on. */
export function recordNetworkVersion(version: number): void {
  networkVersion.set(version);
}
