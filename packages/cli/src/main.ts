#!/usr/bin/env node
import { exit, stderr, stdout } from 'node:process';

const help = `parley — chat for a team, on one machine or many

Usage: parley COMMAND [OPTIONS]

Commands:
  serve    start a server
  chat     chat in the terminal
  replay   replay recorded chat through a server and check what comes out
  verify   hold a deployment against its promises, under faults
  bench    measure Parley beside other servers
  migrate  move everything to another store
  keys     make, rotate, back up and erase keys for encryption at rest
  admin    the audit log, one person's data, what an engine needs once

Run 'parley COMMAND --help' for the options of a command.
`;

/** What a command is: it returns the process's exit code. */
interface Command {
  readonly run: (argv: readonly string[]) => Promise<number>;
  readonly help: () => string;
}

/** Loaded when they are wanted: a message is sent without loading a server. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: () => import('./serve.ts').then(({ serve, serveHelp }) => ({ run: serve, help: serveHelp })),
  chat: () => import('./chat/index.ts').then(({ chat, chatHelp }) => ({ run: chat, help: chatHelp })),
  replay: () => import('./replay/index.ts').then(({ replay, replayHelp }) => ({ run: replay, help: replayHelp })),
  verify: () => import('./verify/index.ts').then(({ verify, verifyHelp }) => ({ run: verify, help: verifyHelp })),
  bench: () => import('./bench/index.ts').then(({ bench, benchHelp }) => ({ run: bench, help: benchHelp })),
  admin: () => import('./admin/index.ts').then(({ admin, adminHelp }) => ({ run: admin, help: adminHelp })),
  keys: () => import('./keys/index.ts').then(({ keys, keysHelp }) => ({ run: keys, help: keysHelp })),
  migrate: () => import('./migrate/index.ts').then(({ migrate, migrateHelp }) => ({ run: migrate, help: migrateHelp })),
};

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    stdout.write(help);
    return name === undefined ? 1 : 0;
  }
  const load = commands[name];
  if (load === undefined) {
    stderr.write(`parley: there is no command '${name}'. Commands: ${Object.keys(commands).join(', ')}.\n`);
    return 1;
  }
  const command = await load();
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
