import { beforeEach, describe, expect, it } from 'vitest';
import { createWatchdog, type Watchdog } from '../../workers/watchdog.ts';

const LIMIT_SECONDS = 10;

describe('the watchdog', () => {
  let seconds: number;
  let watchdog: Watchdog;

  beforeEach(() => {
    seconds = 0;
    const measure = () => {
      const started = seconds;
      return () => seconds - started;
    };
    watchdog = createWatchdog(LIMIT_SECONDS, measure);
  });

  it('bites when work is owed and no job starts', () => {
    expect(watchdog.saw('decide', true)).toBe(false);
    seconds = LIMIT_SECONDS;
    expect(watchdog.saw('decide', true)).toBe(false);
    seconds = LIMIT_SECONDS + 1;
    expect(watchdog.saw('decide', true)).toBe(true);
  });

  it('counts each queue for itself', () => {
    watchdog.saw('decide', true);
    seconds = LIMIT_SECONDS + 1;

    expect(watchdog.saw('watch', true)).toBe(false);
  });

  it.each<[string, () => void]>([
    ['nothing was owed in between', () => watchdog.saw('decide', false)],
    ['a job started in between', () => watchdog.started('decide')],
    ['the connection is new', () => watchdog.reset()],
  ])('keeps still when %s', (_says, happen) => {
    watchdog.saw('decide', true);
    seconds = LIMIT_SECONDS + 1;
    happen();

    expect(watchdog.saw('decide', true)).toBe(false);
  });

  it('leaves a long job in peace', () => {
    watchdog.started('decide');
    watchdog.saw('decide', true);
    seconds = 100 * LIMIT_SECONDS;

    expect(watchdog.saw('decide', true)).toBe(false);
  });

  it('lets a failing queue rest, longer each time, and never takes that for broken', () => {
    const rests = [1, 2, 3].map(() => {
      watchdog.started('decide');
      watchdog.ended('decide', 'failed');
      const began = seconds;
      while (!watchdog.mayRing('decide')) {
        expect(watchdog.saw('decide', true)).toBe(false);
        seconds += 0.25;
      }
      return seconds - began;
    });

    expect(rests).toEqual([0.5, 1, 2]);
  });

  it('rings at once again after a job that went well', () => {
    watchdog.started('decide');
    watchdog.ended('decide', 'failed');
    watchdog.started('decide');
    watchdog.ended('decide', 'done');

    expect(watchdog.mayRing('decide')).toBe(true);
  });

  it('rings once for all that happens before the job starts, and once more while it runs', () => {
    watchdog.rang('decide');
    expect(watchdog.mayRing('decide')).toBe(false);

    watchdog.started('decide');
    expect(watchdog.mayRing('decide')).toBe(true);
    watchdog.rang('decide');

    expect(watchdog.mayRing('decide')).toBe(false);
  });

  it('rings again when the job does not start here: it may have gone elsewhere, or nowhere', () => {
    watchdog.rang('decide');
    seconds = 1;

    expect(watchdog.mayRing('decide')).toBe(true);
  });
});
