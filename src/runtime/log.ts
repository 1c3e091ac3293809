/**
 * The log: one pino root per process, JSON lines, pretty on a terminal. Levels: error = someone must
 * act; warn = we recovered; info = state changed; debug = the rest. Keys, names and addresses of
 * people are redacted wherever they sit.
 */
import { type Logger, pino } from 'pino';
import pinoPretty from 'pino-pretty';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'key',
  'api_key',
  'secret',
  'password',
  'token',
  'quote_token',
  'name',
  'address',
  'phone',
  'email',
];
/** Each field at the top, one level down, and inside what requests and orders carry. */
const REDACTED = SECRET_FIELDS.flatMap((field) => [
  field,
  `*.${field}`,
  `req.headers.${field}`,
  `body.destination.${field}`,
]);

/** Where lines go. */
type LogStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** The root logger of a process; `role` (api, worker, …) is on every line. */
export function createLog(
  config: Pick<Config, 'log_level' | 'log_format'>,
  role: string,
  destination: LogStream = process.stdout,
): Logger {
  const options = {
    level: config.log_level,
    base: { role, pid: process.pid },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: pino.stdSerializers.errWithCause, error: pino.stdSerializers.errWithCause },
  };
  const isPretty =
    config.log_format === 'pretty' || (config.log_format === 'auto' && destination.isTTY === true);
  return pino(options, isPretty ? prettyStream(destination) : destination);
}

/** In this process and synchronous: nothing is lost when the process ends. */
function prettyStream(destination: LogStream): pinoPretty.PrettyStream {
  return pinoPretty({
    destination,
    sync: true,
    messageKey: 'message',
    ignore: 'pid,role',
    translateTime: 'SYS:HH:MM:ss.l',
  });
}

/** A logger that says nothing: for tests. */
export function silentLog(): Logger {
  return pino({ level: 'silent' });
}
