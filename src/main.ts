#!/usr/bin/env node
/** The `portolan` program: its commands, written out, and what becomes of their errors. */
import { type Command, Trouble, UsageError } from './commands/command.ts';
import { ConfigError, loadConfig } from './runtime/config.ts';
import { FolderInUse } from './runtime/folder-lock.ts';

/** Each is loaded only when it is asked for: an audit needs no HTTP server. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  api: async () => (await import('./commands/api.ts')).api,
  worker: async () => (await import('./commands/worker.ts')).worker,
  migrate: async () => (await import('./commands/migrate.ts')).migrate,
  import: async () => (await import('./commands/import.ts')).importNetwork,
  demo: async () => (await import('./commands/demo.ts')).demo,
  simulate: async () => (await import('./commands/simulate.ts')).simulation,
  audit: async () => (await import('./commands/audit.ts')).audit,
  key: async () => (await import('./commands/key.ts')).key,
  decide: async () => (await import('./commands/decide.ts')).decide,
  'replay-decision': async () => (await import('./commands/replay-decision.ts')).replayDecision,
};

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** How long (ms) the process may take to end by itself after its command has ended. */
const LAST_MOMENT_MS = 1000;

process.exitCode = await main(process.argv.slice(2));
// Everything is shut and printed by now; a connection that a library forgot must not keep us.
setTimeout(() => process.exit(), LAST_MOMENT_MS).unref();

async function main([first = 'help', ...rest]: string[]): Promise<number> {
  const asksHelp = first === 'help' || first === '--help' || first === '-h';
  const name = asksHelp ? rest[0] : first;
  if (name === undefined) {
    process.stdout.write(await helpOfAll());
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const known = Object.keys(COMMANDS).join(', ');
    process.stderr.write(`portolan: there is no command "${name}". Commands: ${known}, help.\n`);
    return EXIT_USAGE;
  }
  const command = await load();
  if (asksHelp || rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(helpOf(name, command));
    return 0;
  }
  try {
    return await command.run(rest, loadConfig());
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

async function helpOfAll(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) {
    lines.push(`  ${name.padEnd(15)} ${(await load()).summary}`);
  }
  return `Portolan: a real-time fulfilment orchestration engine.

portolan COMMAND [parameters]

${lines.join('\n')}
  help            this page; help COMMAND for one command

Settings come from the environment; .env.example lists them all.
`;
}
