/**
 * The figures of deciding: every part of the list below, or those named on the command line
 * (`npm run bench:decision -- latency throughput`). Each part is seeded, prints one JSON line per
 * figure and, with `--record`, writes its own section of `bench/results.md`.
 */
import { benchCompile } from './decision-compile.ts';
import { benchDemo } from './decision-demo.ts';
import { benchGap } from './decision-gap.ts';
import { benchLatency } from './decision-latency.ts';
import {
  benchPrices,
  benchPricesBrunel,
  benchPricesChangingLong,
  benchPricesPublished,
  benchPricesWaiting,
} from './decision-prices.ts';
import { benchPricesBig } from './decision-prices-big.ts';
import { benchPromise } from './decision-promise.ts';
import { benchQuote } from './decision-quote.ts';
import { benchRedecide } from './decision-redecide.ts';
import { benchRoutedLanes } from './decision-routed-lanes.ts';
import { benchRoutes } from './decision-routes.ts';
import { benchThroughput } from './decision-throughput.ts';
import { openResults, type Results } from './results.ts';

/** One part: adds its figures to the results it is given. */
type Part = (results: Results) => void | Promise<void>;

const PARTS: readonly (readonly [name: string, part: Part])[] = [
  ['latency', benchLatency],
  ['throughput', benchThroughput],
  ['compile', benchCompile],
  ['demo', benchDemo],
  ['quote', benchQuote],
  ['gap', benchGap],
  ['prices', benchPrices],
  ['prices-changing-long', benchPricesChangingLong],
  ['prices-waiting', benchPricesWaiting],
  ['prices-published', benchPricesPublished],
  ['prices-brunel', benchPricesBrunel],
  ['prices-big', benchPricesBig],
  ['redecide', benchRedecide],
  ['promise', benchPromise],
  ['routes', benchRoutes],
  ['routed-lanes', benchRoutedLanes],
];

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = wanted.filter((word) => PARTS.every(([name]) => name !== word));
if (unknown.length > 0) {
  const names = PARTS.map(([name]) => name).join(', ');
  console.error(`no part ${unknown.join(', ')}: the parts are ${names}`);
  process.exitCode = 2;
} else {
  for (const [name, part] of PARTS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const results = openResults(`decision: ${name}`, `npm run bench:decision -- ${name} --record`);
    await part(results);
    results.save();
  }
}
