import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/runtime/log.ts';

/** What the log writes while `write` runs, line by line. */
function linesOf(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += chunk;
      done();
    },
  });
  write(createLog({ log_level: 'info', log_format: 'json' }, 'test', stream));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('the log', () => {
  it('writes one JSON object a line, with level, time, role and message', () => {
    const [line] = linesOf((log) => log.info({ order_id: 'o-1' }, 'decided'));

    expect(line).toMatchObject({
      level: 'info',
      role: 'test',
      message: 'decided',
      order_id: 'o-1',
    });
    expect(Temporal.Instant.from(String(line?.time))).toBeInstanceOf(Temporal.Instant);
  });

  it('hides keys, names and addresses', () => {
    const [line] = linesOf((log) => {
      log.info({
        key: 'ptl_1_secret',
        destination: { name: 'Ada', address: 'Street 1', postal_code: '1011' },
        req: { headers: { authorization: 'Bearer ptl_1_secret' } },
      });
    });

    expect(JSON.stringify(line)).not.toMatch(/secret|Ada|Street/);
    expect(JSON.stringify(line)).toContain('1011');
  });

  it('tells an error with its causes', () => {
    const error = new Error('outer', { cause: new Error('inner') });

    const [line] = linesOf((log) => log.error({ err: error }, 'failed'));

    expect(JSON.stringify(line)).toContain('inner');
  });
});
