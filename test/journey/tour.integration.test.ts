/** The tour of the README, run line by line against `portolan start`: it does what it says. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PortolanProcess, startPortolan } from '../faults/processes.ts';

const HAS_TOOLS = ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const TOUR = /## A tour[\s\S]*?```sh\n([\s\S]*?)```/.exec(README)![1]!;

describe.skipIf(!HAS_TOOLS)('the tour of the README', () => {
  let folder: string;
  let portolan: PortolanProcess;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-tour-'));
    portolan = startPortolan(['start'], { PORTOLAN_DATA_DIR: join(folder, '.portolan') });
    await portolan.says('Portolan is running');
  });
  afterEach(async () => {
    await portolan.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes an order from the receipt of its goods to the door, in fifteen lines', async () => {
    const [, url] = /page\s+(http:\S+)\//.exec(portolan.said())!;
    const script = `set -euo pipefail\n${TOUR.replaceAll('http://127.0.0.1:3000', url!)}`;

    const ran = await promisify(execFile)('bash', ['-c', script], { cwd: folder });

    const answers = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.filter((answer) => answer.code !== undefined)).toEqual([]);
    expect(answers.at(-1)).toMatchObject({ state: 'delivered', external_ref: 'web-1' });
    expect(TOUR.trim().split('\n').length).toBeLessThanOrEqual(15);
  });
});
