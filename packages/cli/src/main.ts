#!/usr/bin/env node
import { exit, stderr, stdout } from 'node:process';
import { bench, benchHelp } from './bench/index.ts';
import { replay, replayHelp } from './replay/index.ts';
import { serve, serveHelp } from './serve.ts';
import { verify, verifyHelp } from './verify/index.ts';

const help = `parley — chat for a team, on one machine or many

Usage: parley COMMAND [OPTIONS]

Commands:
  serve    start a server
  replay   replay recorded chat through a server and check what comes out
  verify   hold a deployment against its promises, under faults
  bench    measure Parley beside other servers

Run 'parley COMMAND --help' for the options of a command.
`;

/** What a command is: it returns the process's exit code. */
type Command = (argv: readonly string[]) => Promise<number>;
const commands: Readonly<Record<string, { run: Command; help: () => string }>> = {
  serve: { run: serve, help: serveHelp },
  replay: { run: replay, help: replayHelp },
  verify: { run: verify, help: verifyHelp },
  bench: { run: bench, help: benchHelp },
};

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    stdout.write(help);
    return name === undefined ? 1 : 0;
  }
  const command = commands[name];
  if (command === undefined) {
    stderr.write(`parley: there is no command '${name}'. Commands: ${Object.keys(commands).join(', ')}.\n`);
    return 1;
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    stdout.write(command.help());
    return 0;
  }
  return command.run(argv);
}

try {
  exit(await main(process.argv.slice(2)));
} catch (error) {
  stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
  exit(1);
}
