/** The thread that plays the sequences of one instance of a row; it answers once and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import highsLoader from 'highs';
import { highsChoices, highsSolver } from '../../routing/index.ts';
import { type MaRow, playInstance } from './ma-rows.ts';

// The package's types describe its CommonJS form, where the loader is the default's default.
const load = highsLoader as unknown as typeof highsLoader.default;
const { row, index } = workerData as { readonly row: MaRow; readonly index: number };
const highs = await load();
const solvers = { linear: highsSolver(highs), choices: highsChoices(highs) };
parentPort?.postMessage(playInstance(row, index, solvers));
