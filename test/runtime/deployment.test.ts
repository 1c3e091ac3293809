/** No container engine runs in the tests; what can be said without one is checked here. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { loadConfig } from '../../src/runtime/config.ts';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly container_name?: string;
}

const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  readFileSync('docker-compose.yml', 'utf8'),
  { merge: true },
);
const dockerfile = readFileSync('Dockerfile', 'utf8');

describe('docker-compose.yml', () => {
  it('holds the two stores and the two roles', () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([
      'api',
      'postgres',
      'valkey',
      'worker',
    ]);
    expect(compose.services.postgres?.image).toBe('postgres:18');
    expect(compose.services.valkey?.image).toBe('valkey/valkey:8');
  });

  it('keeps the queue from evicting, and logs what it holds', () => {
    const command = compose.services.valkey?.command.join(' ');

    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toContain('--appendonly yes');
  });

  it.each(['api', 'worker'])('starts %s from the two URLs, with settings that load', (role) => {
    const service = compose.services[role];
    const env = Object.entries(service?.environment ?? {}).map(([name, value]) => {
      return [name, value.replace(/\$\{\w+:-(\w+)\}/, '$1')];
    });

    const config = loadConfig(Object.fromEntries(env));

    expect(service?.command).toEqual([role]);
    expect(config.database_url).toBe('postgres://portolan:portolan@postgres:5432/portolan');
    expect(config.redis_url).toBe('redis://valkey:6379');
    expect(Object.keys(service?.depends_on ?? {})).toEqual(['postgres', 'valkey']);
  });

  it.each(['api', 'worker'])('can run %s many times over', (role) => {
    expect(compose.services[role]?.container_name).toBeUndefined();
  });
});

describe('Dockerfile', () => {
  it('copies only what is there, and every folder that the program imports', () => {
    const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, from]) => {
      return (from ?? '').split(' ');
    });

    for (const path of copied) expect(existsSync(path), path).toBe(true);
    expect(copied).toEqual(expect.arrayContaining(['src', 'workers', 'routing', 'db']));
  });

  it('leaves development dependencies out and runs as an ordinary user', () => {
    expect(dockerfile).toContain('npm ci --omit=dev');
    expect(dockerfile).toMatch(/^USER node$/m);
  });

  it('runs the Node that the tests run on', () => {
    const major = manifest.devDependencies.node.split('.')[0];

    expect(dockerfile).toMatch(new RegExp(`^FROM node:${major}-slim$`, 'm'));
    expect(process.version.startsWith(`v${major}.`)).toBe(true);
  });
});

describe('package.json', () => {
  it('allows the install scripts of every platform that the lock file knows', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const entries = Object.entries<{ hasInstallScript?: boolean }>(lock.packages);
    const scripted = entries
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));

    expect(Object.keys(manifest.allowScripts).toSorted()).toEqual(scripted.toSorted());
  });

  it.each(['start', 'test', 'check'])('has the script %s', (script) => {
    expect(manifest.scripts).toHaveProperty(script);
  });
});
