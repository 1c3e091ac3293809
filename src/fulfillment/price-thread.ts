/**
 * The thread that prices: HiGHS (WebAssembly) solves for as long as it takes without holding up
 * requests and steps. It is given a task, answers once and ends, and its memory ends with it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import highsLoader from 'highs';
import { highsSolver, type Pricing, priceResources } from '../../routing/index.ts';

// The package's types describe its CommonJS form, where the loader is the default's default.
const load = highsLoader as unknown as typeof highsLoader.default;
const highs = await load();
parentPort?.postMessage(priceResources(highsSolver(highs), workerData as Pricing));
