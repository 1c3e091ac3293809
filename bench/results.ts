/**
 * Figures of a bench: one JSON line each on standard output, and, when asked for with `--record`, the
 * bench's section of `bench/results.md` with date, versions and command.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { isRecording } from './command-line.ts';

/** One figure. `target` is null where the figure only explains others. */
export interface Figure {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  readonly ok: boolean | null;
}

/** Takes the figures of one run of one bench. */
export interface Results {
  /** Prints a figure; `least` and `most` are the targets it is held to, if any. */
  add(
    metric: string,
    value: number,
    unit: string,
    target?: { least?: number; most?: number },
  ): void;
  /** Writes the section, if the command line asks for it. */
  save(): void;
}

const FILE = join(import.meta.dirname, 'results.md');
const TITLE = `# Measured figures

Each section is one run of one bench, written by the command it names. Machines differ: read the ratios
and the targets, not the absolute times.

Drawn from them by \`npm run bench:draw\`: [latency by lines](../docs/decision-latency.svg),
[decisions a second](../docs/decision-throughput.svg), the
[share of the gap that prices close](../docs/gap-closed.svg),
[shipments that deciding again removes](../docs/redecide.svg) and
[promises by month and state](../docs/promise-groups.svg); by \`decision: promise\` itself:
[stated against kept](../docs/promise-calibration.svg).
`;

/** Opens the results of the bench that `command` runs. */
export function openResults(bench: string, command: string): Results {
  const figures: Figure[] = [];
  return {
    add: (metric, value, unit, { least, most } = {}) => {
      const isHeld = least !== undefined || most !== undefined;
      const ok = isHeld ? value >= (least ?? -Infinity) && value <= (most ?? Infinity) : null;
      const target = least ?? most ?? null;
      const figure = { metric, value: Number(value.toPrecision(4)), unit, target, ok };
      figures.push(figure);
      console.log(JSON.stringify({ bench, ...figure }));
    },
    save: () => {
      if (isRecording) writeSection(bench, sectionText(bench, command, figures));
    },
  };
}

function sectionText(bench: string, command: string, figures: readonly Figure[]): string {
  const now = Temporal.Now.instant().toString({ smallestUnit: 'minute' });
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
  const rows = figures.map(({ metric, value, unit, target, ok }) => {
    const verdict = ok === null ? '' : ok ? 'met' : 'missed';
    return `| ${metric} | ${value} ${unit} | ${target ?? ''} | ${verdict} |`;
  });
  return [
    `## ${bench}`,
    '',
    `\`${command}\` · ${now} · Node ${process.version} · ${machine}`,
    '',
    '| figure | value | target | |',
    '| --- | ---: | ---: | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Puts the section in the place of the bench's last one, or at the end. */
function writeSection(bench: string, section: string): void {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : TITLE;
  const sections = [TITLE, ...text.split(/^(?=## )/m).slice(1)];
  const at = sections.findIndex((one) => one.startsWith(`## ${bench}\n`));
  if (at >= 0) sections[at] = section;
  else sections.push(section);
  writeFileSync(FILE, `${sections.map((one) => one.trimEnd()).join('\n\n')}\n`);
}
