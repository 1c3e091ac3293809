/** Time to compile a large network, and the memory that the compiled form holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compileNetwork } from '../routing/index.ts';
import { AT, SEED } from './decision-world.ts';
import { generateNetwork } from './generate-network.ts';
import type { Results } from './results.ts';

/** Compiles 1,000 warehouses × 10,000 services × 500 zones. */
export function benchCompile(results: Results): void {
  const large = generateNetwork({
    seed: SEED,
    warehouses: 1000,
    services: 10_000,
    zones: 500,
    skus: 1000,
    carriers: 3000,
  });
  const before = heldBytes();
  const start = performance.now();
  const compiled = compileNetwork(large, { from_seconds: AT });
  const time = performance.now() - start;
  const size = heldBytes() - before;
  results.add('compile 10,000 services', time, 'ms', { most: 2000 });
  results.add('compiled size', size / 2 ** 20, 'MiB', { most: 200 });
  if (compiled.services.ids.length !== 10_000) throw new Error('Compiled another network');
}

/** Bytes in use once all that nobody holds is collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What was let go of late, such as code compiled for an earlier part, takes a few rounds.
  for (let round = 0; round < 5; round++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
