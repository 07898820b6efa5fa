import { stderr, stdout } from 'node:process';
import { type Line, writeResults } from './results.ts';
import type { Params, Result, Scenario } from './scenario.ts';
import { fanout } from './scenarios/fanout.ts';
import { history } from './scenarios/history.ts';
import { idle } from './scenarios/idle.ts';
import { scale } from './scenarios/scale.ts';
import { storm } from './scenarios/storm.ts';
import { wire } from './scenarios/wire.ts';
import { write } from './scenarios/write.ts';

const scenarios: readonly Scenario[] = [fanout, idle, write, storm, history, wire, scale];

export const benchHelp = (): string => `Usage: parley bench SCENARIO [--PARAM VALUE ...] [--json]
       parley bench --all

Measures Parley beside peers, in the same run on the same work. Server CPU is the operating system's accounting of the
server's process; the load comes from another one. Exits 1 when a target is missed. Linux only. --all writes
bench/RESULTS.md and plots; with it, a parameter goes to every scenario that has it, or to the one named before a point:
--fanout.seconds 6.

Scenarios:
${scenarios
  .map(
    ({ name, help, params }) =>
      `  ${name.padEnd(10)} ${help}\n${' '.repeat(13)}${Object.entries(params)
        .map(([param, value]) => `--${param} ${value}`)
        .join('  ')}`,
  )
  .join('\n')}
`;

/** Runs scenarios; the exit code says whether their targets were met. */
export async function bench(argv: readonly string[]): Promise<number> {
  const chosen = argv.includes('--all') ? scenarios : scenarios.filter(({ name }) => name === argv[0]);
  if (chosen.length === 0)
    throw new Error(`bench needs a scenario: ${scenarios.map(({ name }) => name).join(', ')}; or --all.`);
  let isGood = true;
  const lines: Line[] = [];
  for (const scenario of chosen) {
    const params = paramsOf(scenario, argv);
    const { parley, peers, ratio, pass } = await (argv.includes('--all')
      ? scenario.run(params).catch(brokenOff)
      : scenario.run(params));
    const line = { scenario: scenario.name, params, parley, peers, ratio, pass };
    stdout.write(`${JSON.stringify(line)}\n`);
    isGood &&= pass;
    lines.push(line);
    // After each, so that a run that is broken off leaves what it has.
    if (argv.includes('--all')) writeResults('bench', lines, lines.length === chosen.length);
  }
  return isGood ? 0 : 1;
}

/** One scenario that fails costs the others nothing. */
function brokenOff(error: unknown): Result {
  stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return { parley: { failed: String(error) }, peers: {}, ratio: {}, pass: false };
}

function paramsOf(scenario: Scenario, argv: readonly string[]): Params {
  const params: Record<string, string | number> = { ...scenario.params };
  const given = argv.filter((argument) => argument !== '--all' && argument !== '--json' && argument !== scenario.name);
  for (let index = 0; index < given.length; index += 2) {
    const [, owner, name = ''] = /^--(?:(\w+)\.)?(\w+)$/.exec(given[index] ?? '') ?? [];
    if (owner !== undefined && owner !== scenario.name && scenarios.some((other) => other.name === owner)) continue;
    const known = params[name];
    const value = given[index + 1];
    // With --all a parameter is meant for those scenarios that have it.
    if (known === undefined && argv.includes('--all') && scenarios.some((other) => name in other.params)) continue;
    if (known === undefined || value === undefined)
      throw new Error(
        `${scenario.name} has no parameter '${given[index]}'. It has: ${Object.keys(params).join(', ')}.`,
      );
    params[name] = typeof known === 'number' ? Number(value) : value;
  }
  return params;
}
