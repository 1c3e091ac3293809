/**
 * The thread that decides again: the programmes over all plans of the orders that wait, by HiGHS
 * (WebAssembly), beside requests and steps. It is given a task, answers once and ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import highsLoader from 'highs';
import {
  highsChoices,
  highsSolver,
  type PooledOrders,
  redecidePools,
} from '../../routing/index.ts';

// The package's types describe its CommonJS form, where the loader is the default's default.
const load = highsLoader as unknown as typeof highsLoader.default;
const highs = await load();
const solvers = { linear: highsSolver(highs), choices: highsChoices(highs) };
parentPort?.postMessage(redecidePools(solvers, workerData as PooledOrders));
