#!/usr/bin/env node
/** The `portolan` program: its commands, written out, and what becomes of their errors. */
import { api } from './commands/api.ts';
import { audit } from './commands/audit.ts';
import { type Command, Trouble, UsageError } from './commands/command.ts';
import { importNetwork } from './commands/import.ts';
import { key } from './commands/key.ts';
import { migrate } from './commands/migrate.ts';
import { start } from './commands/start.ts';
import { worker } from './commands/worker.ts';
import { ConfigError, loadConfig } from './runtime/config.ts';
import { FolderInUse } from './runtime/folder-lock.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  start,
  api,
  worker,
  migrate,
  import: importNetwork,
  audit,
  key,
};

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...parameters]: string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const command = COMMANDS[parameters[0] ?? ''];
    process.stdout.write(command === undefined ? helpOfAll() : helpOf(parameters[0]!, command));
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(COMMANDS).join(', ');
    process.stderr.write(`portolan: there is no command "${name}". Commands: ${known}, help.\n`);
    return EXIT_USAGE;
  }
  if (parameters.includes('--help') || parameters.includes('-h')) {
    process.stdout.write(helpOf(name, command));
    return 0;
  }
  try {
    return await command.run(parameters, loadConfig());
  } catch (error) {
    return report(name, command, error);
  }
}

/** Errors that say what to do are printed as they are; anything else is a bug, with its stack. */
function report(name: string, command: Command, error: unknown): number {
  const isUsage = error instanceof UsageError || isParseError(error);
  if (isUsage) {
    process.stderr.write(
      `portolan ${name}: ${(error as Error).message}\n\n${helpOf(name, command)}`,
    );
    return EXIT_USAGE;
  }
  const isClear =
    error instanceof Trouble || error instanceof ConfigError || error instanceof FolderInUse;
  if (isClear) process.stderr.write(`portolan ${name}: ${error.message}\n`);
  else console.error(`portolan ${name} failed:`, error);
  return EXIT_FAILED;
}

/** `parseArgs` of Node says what is wrong with the options. */
function isParseError(error: unknown): boolean {
  return String((error as { code?: string }).code ?? '').startsWith('ERR_PARSE_ARGS_');
}

function helpOf(name: string, command: Command): string {
  return `portolan ${name} ${command.parameters}\n\n${command.help}\n`;
}

function helpOfAll(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => {
    return `  ${name.padEnd(9)} ${summary}`;
  });
  return `Portolan: a real-time fulfilment orchestration engine.

portolan COMMAND [parameters]

${lines.join('\n')}
  help      this page; help COMMAND for one command

Settings come from the environment; .env.example lists them all.
`;
}
