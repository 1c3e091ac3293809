import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ConfigError,
  childEnvironment,
  envExample,
  loadConfig,
  SETTINGS,
  settingsText,
  testConfig,
} from '../../src/runtime/config.ts';

/** The faults that loading `env` reports. */
function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing: every setting has a default or may be left out', () => {
    const config = loadConfig({});

    expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, database_url: undefined });
    expect(config.port_is_explicit).toBe(false);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
    expect(Object.isFrozen(testConfig())).toBe(true);
  });

  it('reports every fault at once, with name, got and expected', () => {
    const faults = faultsOf({
      PORTOLAN_PORT: '70000',
      PORTOLAN_POOL_SIZE: 'many',
      PORTOLAN_TRUST_PROXY: 'yes',
      PORTOLAN_LOG_LEVEL: 'loud',
      REDIS_URL: 'http://localhost',
    });

    expect(faults).toEqual([
      'REDIS_URL: got a value that is not shown, expected a URL that starts with redis:// or rediss://',
      'PORTOLAN_PORT: got "70000", expected a whole number from 0 to 65535',
      'PORTOLAN_TRUST_PROXY: got "yes", expected true or false',
      'PORTOLAN_LOG_LEVEL: got "loud", expected one of debug, info, warn, error, silent',
      'PORTOLAN_POOL_SIZE: got "many", expected a whole number from 2 to 500',
    ]);
  });

  it('never prints a URL, which may hold a password', () => {
    const faults = faultsOf({ DATABASE_URL: 'mysql://root:secret@localhost' });

    expect(faults.join()).not.toContain('secret');
  });

  it('refuses a misspelt setting instead of ignoring it', () => {
    const faults = faultsOf({ PORTOLAN_POOLSIZE: '5' });

    expect(faults).toEqual(['PORTOLAN_POOLSIZE: there is no such setting; see .env.example']);
  });

  it('lets pass what Kubernetes adds for a service of this name', () => {
    const names = { PORTOLAN_SERVICE_HOST: '10.0.0.1', PORTOLAN_PORT_3000_TCP: 'tcp://10.0.0.1' };

    expect(faultsOf(names)).toEqual([]);
  });

  it('lets pass where benches and examples find public data', () => {
    expect(faultsOf({ PORTOLAN_SHARED_DATA: '../shared/data' })).toEqual([]);
  });

  it('takes an empty value for none', () => {
    expect(loadConfig({ DATABASE_URL: '', PORTOLAN_PORT: ' ' }).port).toBe(3000);
  });

  it('needs one origin for a clock that all processes share', () => {
    const missing =
      'PORTOLAN_CLOCK_ORIGIN: got nothing, expected an instant, because PORTOLAN_CLOCK_SPEED or ' +
      'PORTOLAN_CLOCK_START is set';

    expect(faultsOf({ PORTOLAN_CLOCK_SPEED: '1440' })).toEqual([missing]);
    expect(faultsOf({ PORTOLAN_CLOCK_START: '2026-05-12T07:00:00+09:00' })).toEqual([missing]);
    expect(
      faultsOf({ PORTOLAN_CLOCK_SPEED: '1440', PORTOLAN_CLOCK_ORIGIN: '2026-11-25T09:00:00Z' }),
    ).toEqual([]);
    expect(faultsOf({ PORTOLAN_CLOCK_ORIGIN: 'noon' })).toEqual([
      'PORTOLAN_CLOCK_ORIGIN: got "noon", expected an RFC 3339 instant such as ' +
        '2026-11-25T09:00:00Z',
    ]);
  });

  it('knows whether the port was asked for', () => {
    expect(loadConfig({ PORTOLAN_PORT: '3000' }).port_is_explicit).toBe(true);
  });
});

describe('settings for another process', () => {
  const clock_start = Temporal.Instant.from('2026-05-11T22:00:00Z');
  const settings = {
    data_dir: '/tmp/a b',
    clock_speed: 60,
    clock_start,
    clock_origin: clock_start,
  };

  it('are read there as they were given here', () => {
    const env = childEnvironment({ ...settings, redis_url: undefined, port: undefined as never });
    const config = loadConfig(env);

    expect(config).toMatchObject({ data_dir: '/tmp/a b', clock_speed: 60, redis_url: undefined });
    expect(config.clock_start?.equals(clock_start)).toBe(true);
    expect(env.PATH).toBe(process.env.PATH);
  });

  it('are written as a file that node reads', () => {
    const lines = settingsText({ ...settings, redis_url: undefined })
      .trimEnd()
      .split('\n');

    expect(lines).toEqual([
      'PORTOLAN_DATA_DIR=/tmp/a b',
      'PORTOLAN_CLOCK_SPEED=60',
      'PORTOLAN_CLOCK_START=2026-05-11T22:00:00Z',
      'PORTOLAN_CLOCK_ORIGIN=2026-05-11T22:00:00Z',
    ]);
  });
});

describe('.env.example', () => {
  it('is what the table of settings says, word for word', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
  });

  it('names every setting once, and loads as it stands', () => {
    const lines = envExample().split('\n');
    const assignments = lines.filter((line) => /^# [A-Z_]+=/.test(line));
    const env = Object.fromEntries(assignments.map((line) => line.slice(2).split('=', 2)));

    expect(Object.keys(env)).toEqual(Object.values(SETTINGS).map(({ variable }) => variable));
    expect(faultsOf(env)).toEqual([]);
  });
});
