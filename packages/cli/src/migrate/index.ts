import { stderr, stdout } from 'node:process';
import { moveStore, openStore } from '@parley/server';
import { parseOptions, UsageError } from '../options.ts';
import { consoleLog } from './console-log.ts';
import { progressOn } from './progress.ts';

export const migrateHelp = (): string => `Usage: parley migrate --from URL --to URL [OPTIONS]

Moves everything a store holds to another one: conversations with their seqs and ids, accounts, sessions, invites. Then
reads both and compares counts and checksums. Cut short, the same command goes on where it was. To keep the interruption
short, run it beside the running server first, then stop the server and run it again for the rest.

Options:
  --from URL   Where everything is: sqlite:PATH, cassandra://HOST/KEYSPACE, mongodb://HOST/DATABASE
  --to URL     Where it goes; empty, or the target of an earlier run
  --json       Close with one line of JSON
`;

const settings = {
  from: { type: 'string' },
  to: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Moves a store to another. Resolves to the exit code; rejects with an Error fit for an operator. */
export async function migrate(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('migrate', argv, settings);
  if (values.from === undefined || values.to === undefined || positionals.length > 0)
    throw new UsageError("migrate takes --from URL and --to URL. See 'parley migrate --help'.");
  if (values.from === values.to) throw new UsageError('--from and --to name the same store.');
  const from = await openStore(values.from, { log: consoleLog });
  try {
    const to = await openStore(values.to, { log: consoleLog });
    try {
      const progress = progressOn(stderr);
      const report = await moveStore(from, to, (state) => progress.show(state)).finally(() => progress.end());
      if (values.json) stdout.write(`${JSON.stringify(report)}\n`);
      else {
        stdout.write(
          `Moved and compared: ${report.streams} streams with ${report.events} events and ${report.messages} messages ` +
            `(${report.copied} events by this run), ${report.accounts} accounts, ${report.sessions} sessions, ` +
            `${report.invites} invites, ${report.conversations} conversations, ${report.documents} small documents.\nSHA-256 of both sides: ${report.checksum}\n`,
        );
      }
      return 0;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}
