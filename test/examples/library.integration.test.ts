/** The library works in a program of its own, linked from a clone or unpacked from what `npm pack` makes. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-library-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty folder for a program, in which packages are to be found. */
function aProgram(name: string): string {
  const modules = join(folder, name, 'node_modules');
  mkdirSync(modules, { recursive: true });
  cpSync(join(project, 'examples/library/decide.js'), join(folder, name, 'decide.mjs'));
  return modules;
}

function decide(name: string): unknown {
  const cwd = join(folder, name);
  return JSON.parse(execFileSync(process.execPath, ['decide.mjs'], { cwd, encoding: 'utf8' }));
}

const DECIDED = { outcome: 'sourced', proof: { kind: 'optimal' }, cost: 1036, violations: [] };

test('a program decides with a linked clone', () => {
  symlinkSync(project, join(aProgram('linked'), 'portolan'), 'junction');

  expect(decide('linked')).toMatchObject(DECIDED);
});

test('a program decides with what npm pack makes, where Node strips no types', () => {
  const copy = join(folder, 'copy');
  for (const part of ['package.json', 'tsconfig.json', 'routing']) {
    cpSync(join(project, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'), 'junction');
  execFileSync('npm', ['pack', '--silent'], { cwd: copy });
  const modules = aProgram('installed');
  execFileSync('tar', ['xzf', join(copy, 'portolan-0.1.0.tgz')], { cwd: modules });
  cpSync(join(modules, 'package'), join(modules, 'portolan'), { recursive: true });
  // All that the library itself imports.
  for (const name of ['@turf', 'flatbush']) {
    symlinkSync(join(project, 'node_modules', name), join(modules, name), 'junction');
  }

  expect(decide('installed')).toMatchObject(DECIDED);
}, 120_000);
