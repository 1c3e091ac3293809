/**
 * The deadline under overload: for a minute orders come over HTTP three times as fast as one worker
 * process decides them. How many were seen without a decision after their deadline (must be none), how
 * many were decided and how many told to come again, and how well the decisions are proved. Rows: usual
 * baskets with the usual deadline and with a short one, and baskets of many lines with a short one.
 * `npm run bench:overload -- usual short` runs those that are named.
 */
import pg from 'pg';
import { seededRandom } from '../src/simulation/random.ts';
import { type FlowEngine, startFlowEngine } from './flow-engine.ts';
import { openConnection } from './http-connection.ts';
import { openResults, type Results } from './results.ts';

interface Row {
  readonly name: string;
  readonly title: string;
  readonly decision_seconds: number;
  /** Warehouses (of 40) that hold a SKU. */
  readonly shelves: number;
  /** The probe posts so many more whenever fewer wait: enough for a worker, not too many for a deadline. */
  readonly probed: number;
  readonly lines: (draw: number) => number;
}

const usualLines = (draw: number): number =>
  draw < 0.905
    ? 1
    : draw < 0.978
      ? 2
      : draw < 0.99
        ? 3
        : 4 + Math.floor(5 * ((draw - 0.99) / 0.01));
const manyLines = (draw: number): number => 10 + Math.floor(5 * draw);
const ROWS: readonly Row[] = [
  {
    ...{ name: 'usual', title: 'usual baskets', decision_seconds: 15 },
    ...{ shelves: 4, probed: 1500, lines: usualLines },
  },
  {
    ...{ name: 'short', title: 'usual baskets', decision_seconds: 2 },
    ...{ shelves: 4, probed: 1500, lines: usualLines },
  },
  {
    ...{ name: 'many', title: '10 to 14 lines', decision_seconds: 2 },
    ...{ shelves: 20, probed: 200, lines: manyLines },
  },
];
const OVERLOAD = 3;
const SECONDS = Number(process.env.PORTOLAN_TEST_OVERLOAD_SECONDS ?? 60);
const PROBE_SECONDS = 14;
/** The probe's first seconds, in which code is interpreted, do not count. */
const PROBE_WARM_SECONDS = 7;
const TICK_MS = 50;
const LOOK_MS = 50;
const BODIES = 4000;

/** What was posted in a phase. */
interface Posted {
  readonly orders: number;
  readonly applied: number;
  readonly told_to_come_again: number;
}

/** Bodies without their references: made before the clock starts. */
function bodiesOf({ network }: FlowEngine, lines: Row['lines']): string[] {
  const random = seededRandom(11);
  const ambient = network.skus.filter((sku) => sku.temperature === undefined && !sku.hazardous);
  return Array.from({ length: BODIES }, () => {
    const zone = random.pick(network.zones);
    const destination = { country: zone.country, postal_code: `${zone.postal_prefixes![0]}9999` };
    const picked = random.sample(ambient, lines(random.next()));
    const rows = picked.map((sku, i) => ({ line_no: i + 1, sku_id: sku.id, quantity: 1 }));
    return JSON.stringify({ destination, lines: rows }).slice(1);
  });
}

/** Posts `perSecond` orders a second, whatever becomes of them; a request every tick. */
async function post(
  flow: FlowEngine,
  bodies: readonly string[],
  phase: { readonly name: string; readonly seconds: number; readonly perSecond: number },
): Promise<Posted> {
  const idle: Awaited<ReturnType<typeof openConnection>>[] = [];
  const sent: Promise<void>[] = [];
  let [orders, applied] = [0, 0];
  const sendSome = async (count: number) => {
    const rows = Array.from({ length: count }, (_, i) => {
      return `{"external_ref":"${phase.name}-${orders + i}",${bodies[(orders + i) % BODIES]}`;
    });
    orders += count;
    const connection = idle.pop() ?? (await openConnection(flow.origin, flow.platform_key));
    const answer = await connection.send('POST', '/v1/orders/bulk', `[${rows.join(',')}]`);
    if (answer.status !== 200 && answer.status !== 503) {
      throw new Error(`bulk: ${answer.status} ${answer.body}`);
    }
    applied += answer.status === 200 ? JSON.parse(answer.body).applied : 0;
    idle.push(connection);
  };
  const started = performance.now();
  for (let now = started; now - started < phase.seconds * 1000; now = performance.now()) {
    const due = Math.ceil(((now - started) / 1000) * phase.perSecond) - orders;
    if (due > 0) sent.push(sendSome(due));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(sent);
  for (const connection of idle) connection.close();
  return { orders, applied, told_to_come_again: orders - applied };
}

/** Looks, from outside, for orders that have no decision after their deadline. */
function watchDeadlines(client: pg.Client) {
  let watching = true;
  let [late_looks, most_late_ms] = [0, 0];
  const watched = (async () => {
    while (watching) {
      const { rows } = await client.query(
        `select extract(epoch from clock_timestamp() - min(decide_by)) * 1000 as late_ms
         from orders where state = 'accepted'`,
      );
      const late = Number(rows[0].late_ms ?? -1);
      if (late > 0) late_looks += 1;
      most_late_ms = Math.max(most_late_ms, late);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return { late_looks, most_late_ms };
  })();
  return async () => {
    watching = false;
    return await watched;
  };
}

async function settled(client: pg.Client): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; ) {
    const { rows } = await client.query(`select 1 from orders where state = 'accepted' limit 1`);
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('orders wait for a decision two minutes after the last one came');
}

/** Orders that one worker process decides in a second while there always are some, but not many. */
async function measureCapacity(
  flow: FlowEngine,
  client: pg.Client,
  bodies: readonly string[],
  probed: number,
): Promise<number> {
  const connection = await openConnection(flow.origin, flow.platform_key);
  let [posted, applied, counted] = [0, 0, 0];
  const started = performance.now();
  let since = started;
  for (let now = started; now - started < PROBE_SECONDS * 1000; now = performance.now()) {
    const { rows } = await client.query(
      `select count(*)::int as waiting from orders where state = 'accepted'`,
    );
    if (now - started < PROBE_WARM_SECONDS * 1000) [counted, since] = [applied, now];
    if (rows[0].waiting >= probed) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    const some = Array.from({ length: probed }, (_, i) => {
      return `{"external_ref":"probe-${posted + i}",${bodies[(posted + i) % BODIES]}`;
    });
    posted += some.length;
    const { status, body } = await connection.send(
      'POST',
      '/v1/orders/bulk',
      `[${some.join(',')}]`,
    );
    if (status !== 200) throw new Error(`probe: ${status} ${body}`);
    applied += JSON.parse(body).applied;
  }
  connection.close();
  const capacity = ((applied - counted) * 1000) / (performance.now() - since);
  await settled(client);
  return capacity;
}

interface Tally {
  readonly decided: number;
  readonly late: number;
  readonly exact: number;
  readonly search: number;
  readonly greedy: number;
  readonly refused: number;
  readonly unproved: number;
  readonly journalled: number;
}

async function tally(client: pg.Client): Promise<Tally> {
  const method = (name: string) =>
    `count(*) filter (where d.result->>'method' = '${name}')::int as ${name}`;
  const { rows } = await client.query(
    `select count(*)::int as decided, count(*) filter (where d.late)::int as late,
       ${method('exact')}, ${method('search')}, ${method('greedy')},
       count(*) filter (where d.result->>'outcome' = 'unsourced')::int as refused,
       count(*) filter (where d.result->>'outcome' = 'sourced' and not (
         d.result->'proof'->>'kind' = 'optimal' or
         (d.result->'proof'->>'gap')::float8 > 0))::int as unproved,
       (select count(distinct j.order_id)::int from journal j join orders o using (order_id)
        where o.external_ref like 'rush-%' and j.entity = 'order' and j.version = 2) as journalled
     from orders o join decisions d using (order_id)
     where o.external_ref like 'rush-%' and d.decision_no = 1`,
  );
  return rows[0];
}

async function measure(results: Results, row: Row): Promise<void> {
  const flow = await startFlowEngine(row);
  const client = new pg.Client(flow.database_url);
  await client.connect();
  try {
    const bodies = bodiesOf(flow, row.lines);
    const capacity = await measureCapacity(flow, client, bodies, row.probed);
    const watch = watchDeadlines(client);
    const perSecond = OVERLOAD * capacity;
    const posted = await post(flow, bodies, { name: 'rush', seconds: SECONDS, perSecond });
    await settled(client);
    const { late_looks, most_late_ms } = await watch();
    report(results, row, { capacity, posted, late_looks, most_late_ms, of: await tally(client) });
  } finally {
    await client.end();
    await flow.stop();
  }
}

interface Outcome {
  readonly capacity: number;
  readonly posted: Posted;
  readonly late_looks: number;
  readonly most_late_ms: number;
  readonly of: Tally;
}

function report(results: Results, row: Row, { capacity, posted, of, ...late }: Outcome): void {
  const name = `${row.title}, ${row.decision_seconds} s`;
  const add = (what: string, value: number, unit: string, target?: { most?: number }) =>
    results.add(`${name}: ${what}`, value, unit, target);
  add('decided a second at most', capacity, 'orders/s');
  add('posted', posted.orders, 'orders');
  add('told to come again', posted.told_to_come_again, 'orders');
  add('decided', of.decided, 'orders');
  add('taken and not decided, or without a journal entry', lost(posted, of), 'orders', { most: 0 });
  add('decided after their deadline', of.late, 'orders', { most: 0 });
  add('looks that saw an order undecided after its deadline', late.late_looks, '', { most: 0 });
  add('longest that one was seen so', late.most_late_ms, 'ms');
  add('decided exactly', of.exact, 'orders');
  add('decided by search', of.search, 'orders');
  add('decided greedily', of.greedy, 'orders');
  add('without a plan', of.refused, 'orders');
  add('plans that state no proof', of.unproved, 'orders', { most: 0 });
}

const lost = (posted: Posted, of: Tally): number =>
  Math.abs(posted.applied - of.decided) + Math.abs(posted.applied - of.journalled);

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const results = openResults('overload', 'npm run bench:overload -- --record');
for (const row of ROWS) {
  if (wanted.length === 0 || wanted.includes(row.name)) await measure(results, row);
}
results.save();
