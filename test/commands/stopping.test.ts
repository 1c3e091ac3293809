/** A server ends by a signal or by itself, and shuts what it opened either way. */
import { describe, expect, it } from 'vitest';
import { runServer } from '../../src/commands/stopping.ts';
import { testConfig } from '../../src/runtime/config.ts';
import { createLog } from '../../src/runtime/log.ts';

const config = testConfig();
const log = createLog(config, 'test');

describe('a server that ends by itself', () => {
  it('gives its own exit code, after its parts were shut, the last one first', async () => {
    const shut: string[] = [];

    const code = await runServer(config, log, async (opened) => {
      opened('database', async () => shut.push('database'));
      opened('API', async () => shut.push('API'));
      return { finished: Promise.resolve(3) };
    });

    expect(code).toBe(3);
    expect(shut).toEqual(['API', 'database']);
  });

  it('is shut and throws when it cannot go on', async () => {
    const shut: string[] = [];

    const run = runServer(config, log, async (opened) => {
      opened('database', async () => shut.push('database'));
      return { finished: Promise.reject(new Error('the simulation has ended')) };
    });

    await expect(run).rejects.toThrow('the simulation has ended');
    expect(shut).toEqual(['database']);
  });

  it('is not clean when a part cannot be shut', async () => {
    const code = await runServer(config, log, async (opened) => {
      opened('API', async () => {
        throw new Error('stuck');
      });
      return { finished: Promise.resolve(0) };
    });

    expect(code).toBe(1);
  });
});
