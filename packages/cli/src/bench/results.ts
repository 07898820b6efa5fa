import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { barChart } from './plot.ts';
import type { Params, Result } from './scenario.ts';

/** A scenario's line, as it is printed. */
export interface Line extends Result {
  readonly scenario: string;
  readonly params: Params;
}

/** Writes the page of results, and a plot for each scenario, into a folder. */
export function writeResults(folder: string, lines: readonly Line[], isComplete: boolean): void {
  mkdirSync(folder, { recursive: true });
  const sections = lines.map((line) => {
    const parley = figuresOf(line.parley);
    const peers = figuresOf(line.peers);
    const file = `${line.scenario}.svg`;
    writeFileSync(join(folder, file), barChart(line.scenario, commonFigures(parley, peers)));
    const rows = [...parley.map((row) => ['Parley', ...row]), ...peers.map(([name, value]) => ['', name, value])];
    return [
      `## ${line.scenario}: ${line.pass ? 'target met' : 'target missed'}`,
      '',
      `\`${commandOf(line)}\``,
      '',
      '| server | figure | value |',
      '|---|---|---:|',
      ...rows.map(([server, name, value]) => `| ${server === '' ? 'peer' : server} | ${name} | ${value} |`),
      ...figuresOf(line.ratio).map(([name, value]) => `| ratio | ${name} | ${value} |`),
      '',
      `![${line.scenario}](${file})`,
      '',
    ].join('\n');
  });
  const head = [
    '# Results',
    '',
    `Written by \`parley bench --all\`${isComplete ? '' : ' (not all scenarios have run)'}; commit ${commit()}, ${new Date().toISOString().slice(0, 10)}.`,
    '',
    `Machine: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}; the load generator runs on the same machine.`,
    '',
    'What the figures mean and where the time goes: `docs/performance.md`. What each stack of engines carries of a recorded chat, measured by `parley replay`: [REPLAY.md](REPLAY.md).',
    '',
  ];
  writeFileSync(join(folder, 'RESULTS.md'), [...head, ...sections].join('\n'));
}

/** Every number in a value, with the path to it. */
export function figuresOf(value: unknown, path = ''): (readonly [name: string, value: number | string])[] {
  if (typeof value === 'number' || typeof value === 'string') return [[path, value]];
  if (typeof value === 'boolean') return [[path, value ? 'yes' : 'no']];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => figuresOf(inner, path === '' ? key : `${path}.${key}`));
}

type Named = readonly (readonly [name: string, value: number | string])[];

/** What Parley and a peer both have is worth a picture; without a peer, all of Parley's. Bars of one kind only: the first figure's. */
function commonFigures(parley: Named, peers: Named): (readonly [name: string, value: number])[] {
  const numbers = [...parley.map(([name, value]) => [`Parley ${name}`, value] as const), ...peers].filter(
    (row): row is readonly [string, number] => typeof row[1] === 'number',
  );
  const kinds = numbers.map(([name]) => name.slice(name.lastIndexOf('.') + 1).replace('Parley ', ''));
  const kind = kinds.find((each) => /PerCpuSecond|BytesPer|bytesPer|MicrosecondsPer|AfterSeconds/.test(each));
  return kind === undefined
    ? numbers
    : numbers.filter(
        (_, index) => kinds[index] === kind || (/AfterSeconds/.test(kind) && /AfterSeconds/.test(kinds[index] ?? '')),
      );
}

const commandOf = ({ scenario, params }: Line): string =>
  `parley bench ${scenario} ${Object.entries(params)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ')}`;

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
