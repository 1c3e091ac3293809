/** The tours of the README and of docs/tour.md, run line by line against `portolan start`. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PortolanProcess, startPortolan } from '../faults/processes.ts';

const HAS_TOOLS = ['bash', 'curl'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const paper = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', name), 'utf8');
const TOUR = /## A tour[\s\S]*?```sh\n([\s\S]*?)```/.exec(paper('README.md'))![1]!;
/** The shell blocks of the long tour are one story. */
const LONG_TOUR = [...paper('docs/tour.md').matchAll(/```sh\n([\s\S]*?)```/g)]
  .map((match) => match[1]!)
  .join('');

describe.skipIf(!HAS_TOOLS)('a tour', () => {
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

  /** Runs shell lines as a reader would; gives what they printed, a JSON document or word a line. */
  async function run(lines: string): Promise<string[]> {
    const [, url] = /page\s+(http:\S+)\//.exec(portolan.said())!;
    const script = `set -euo pipefail\n${lines.replaceAll('http://127.0.0.1:3000', url!)}`;
    const ran = await promisify(execFile)('bash', ['-c', script], { cwd: folder });
    return ran.stdout.trim().split('\n');
  }

  it('in the README takes an order from the receipt of its goods to the door in fifteen lines', async () => {
    const answers = (await run(TOUR)).map((line) => JSON.parse(line));

    expect(answers.filter((answer) => answer.code !== undefined)).toEqual([]);
    expect(answers.at(-1)).toMatchObject({ state: 'delivered', external_ref: 'web-1' });
    expect(TOUR.trim().split('\n').length).toBeLessThanOrEqual(15);
  });

  it('in docs/tour.md does the same beside the page, and ends with nothing open', async () => {
    const printed = await run(LONG_TOUR);

    const answers = printed.slice(0, -1).map((line) => JSON.parse(line));
    expect(answers.filter((answer) => answer.code !== undefined)).toEqual([]);
    expect(answers.at(-1)).toMatchObject({ state: 'delivered', external_ref: 'tour-1' });
    expect(printed.at(-1)).toBe('0');
  });
});
