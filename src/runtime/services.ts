/**
 * What every step and door is given: one plain object, made once by `main.ts` (or by a test with its
 * own clock and database). Steps take from it only what they use.
 */
import type { Logger } from 'pino';
import type { Database } from '../../db/database.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { NewId } from './ids.ts';

export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
}
