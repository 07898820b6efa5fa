/** `npm run engines -- up [NAME …] | down [NAME …] [--erase] | status [--json]`: the engines without Docker. */
import { exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { balancers } from './balancers.ts';
import type { Say } from './engine.ts';
import { engineNamed, engines } from './engines.ts';
import { sharedPlace, startEngine, stopEngine } from './lifecycle.ts';
import { peers } from './peers.ts';
import { engineStatuses } from './status.ts';

/** What is only installed. */
const programs = { ...balancers, ...peers };
const onlyByName = [
  ...engines.filter(({ isOnlyByName }) => isOnlyByName === true).map(({ name }) => name),
  ...Object.keys(peers),
];
const known = [...engines.map(({ name }) => name), ...Object.keys(balancers), ...Object.keys(peers)];
const all = known.filter((name) => !onlyByName.includes(name));
const usage = `npm run engines -- up [NAME …]              install, start and wait until they answer
npm run engines -- down [NAME …] [--erase]  stop what was started here; --erase deletes its data too
npm run engines -- status [--json]          what runs, and its URLs

Names: ${all.join(', ')}. Without one: all.
Only by name: ${onlyByName.join(', ')}.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    erase: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [command, ...names] = positionals;
const unknown = names.find((name) => !known.includes(name));
if (unknown !== undefined) {
  stderr.write(`There is no engine ${unknown}. Known: ${known.join(', ')}.\n`);
  exit(1);
}
if (values.help || command === undefined || !['up', 'down', 'status'].includes(command)) {
  (values.help ? stdout : stderr).write(usage);
  exit(values.help ? 0 : 1);
}
if (command === 'status') showStatus();
else exit((await (command === 'up' ? up : down)(names.length > 0 ? names : command === 'up' ? all : known)) ? 0 : 1);

async function up(chosen: readonly string[]): Promise<boolean> {
  let isWell = true;
  // Installing uses both cores and one package manager, so one after the other; starting is mostly waiting.
  const installed: string[] = [];
  for (const name of chosen) {
    const say = sayer(name);
    const install = programs[name] ?? ((progress: Say) => engineNamed(name).install(progress));
    try {
      await install(say);
      installed.push(name);
      if (name in programs) say('installed');
    } catch (error) {
      isWell = false;
      say(error instanceof Error ? error.message : String(error));
    }
  }
  const starting = installed
    .filter((name) => !(name in programs))
    .map(async (name) => {
      const engine = engineNamed(name);
      const say = sayer(name);
      const from = performance.now();
      try {
        await startEngine(engine, sharedPlace(engine), say);
        say(`ready  ${engine.url(engine.port)}  (${((performance.now() - from) / 1_000).toFixed(1)} s)`);
      } catch (error) {
        isWell = false;
        say(error instanceof Error ? error.message : String(error));
      }
    });
  await Promise.all(starting);
  return isWell;
}

async function down(chosen: readonly string[]): Promise<boolean> {
  const stopping = chosen
    .filter((name) => !(name in programs))
    .map(async (name) => {
      const wasRunning = await stopEngine(sharedPlace(engineNamed(name)), { erase: values.erase });
      if (wasRunning || names.length > 0) sayer(name)(wasRunning ? 'stopped' : 'was not running');
    });
  await Promise.all(stopping);
  return true;
}

function showStatus(): void {
  const statuses = engineStatuses();
  if (values.json) {
    stdout.write(`${JSON.stringify(statuses, undefined, 2)}\n`);
    return;
  }
  for (const { name, isRunning, url } of statuses) {
    stdout.write(`${name.padEnd(10)} ${isRunning ? `up    ${url}` : 'down'}\n`);
  }
}

function sayer(name: string): Say {
  return (progress) => void stdout.write(`${name.padEnd(10)} ${progress}\n`);
}
