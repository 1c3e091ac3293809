/** Runs an embedded database in a process of its own, to be killed: prints its URL and stays. */
import { startEmbeddedDatabase } from '../../src/runtime/embedded-database.ts';
import { silentLog } from '../../src/runtime/log.ts';

const database = await startEmbeddedDatabase({ data_dir: process.argv[2]!, log: silentLog() });
process.stdout.write(`${JSON.stringify({ url: database.url, pid: database.pid() })}\n`);
setInterval(() => undefined, 60_000);
