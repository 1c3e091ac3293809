/** `portolan audit`: checks the invariants on live data. */
import { runAudit } from '../../db/audit.ts';
import type { Command } from './command.ts';
import { withEngine } from './one-shot.ts';

export const audit: Command = {
  parameters: '',
  summary: 'check every invariant on live data',
  help: `Reads the database in one snapshot, beside running processes, and prints one line per broken
invariant. Exit code 1 when there is one.`,
  run: async (_parameters, config) => {
    return await withEngine(config, 'audit', async (engine) => {
      const findings = await runAudit(engine.database);
      for (const { invariant, detail } of findings) {
        process.stdout.write(`${invariant}: ${detail}\n`);
      }
      const count = findings.length;
      process.stdout.write(count === 0 ? 'all invariants hold\n' : `${count} findings\n`);
      return count === 0 ? 0 : 1;
    });
  },
};
