/** What a command of the `portolan` program is, and the errors that need no stack to be understood. */
import type { Config } from '../runtime/config.ts';

/** One command, as `main.ts` lists it. */
export interface Command {
  /** What follows the command's name, for the help. */
  readonly parameters: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The help of the command itself: what it does, its options, an example. */
  readonly help: string;
  /** Does it; resolves with the exit code. */
  run(parameters: readonly string[], config: Config): Promise<number>;
}

/** The command line is wrong: the message says how, the command's help follows, exit code 2. */
export class UsageError extends Error {}

/** Something outside the program is wrong, and the message says what to do: no stack, exit code 1. */
export class Trouble extends Error {}
