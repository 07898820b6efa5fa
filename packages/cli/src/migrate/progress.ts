import type { MoveProgress } from '@parley/server';

/** What progress is shown on: a terminal, or a file or pipe. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const barLength = 30;
/** A terminal is drawn on this often at most; a log gets a line this often. */
const terminalMs = 100;
const logMs = 10_000;

const names: Readonly<Record<MoveProgress['phase'], string>> = {
  counting: 'Counting',
  records: 'Accounts and the like',
  streams: 'Conversations',
  verifying: 'Comparing',
};

/** One line about how far it is. */
export function lineOf({ phase, done, total, events }: MoveProgress): string {
  const name = names[phase].padEnd(22);
  if (total === undefined) return `${name}${done}`;
  const share = total === 0 ? 1 : done / total;
  const filled = Math.floor(share * barLength);
  const bar = '█'.repeat(filled) + '░'.repeat(barLength - filled);
  return `${name}${bar} ${Math.floor(share * 100)} %  ${done} of ${total}${phase === 'streams' ? `, ${events} events` : ''}`;
}

/** A bar that is drawn over itself on a terminal; elsewhere a line now and then, and one at the end of each part. */
export function progressOn(screen: Screen, now: () => number = () => performance.now()) {
  const isTerminal = screen.isTTY === true;
  let last: MoveProgress | undefined;
  let shownAt = now();
  const draw = (progress: MoveProgress, isFinal: boolean): void => {
    const line = lineOf(progress).slice(0, (screen.columns ?? 100) - 1);
    screen.write(isTerminal ? `\r\u001b[K${line}${isFinal ? '\n' : ''}` : `${line}\n`);
    shownAt = now();
  };
  return {
    show(progress: MoveProgress): void {
      if (last !== undefined && last.phase !== progress.phase) draw(last, true);
      const isNew = last?.phase !== progress.phase;
      last = progress;
      if (isNew ? isTerminal : now() - shownAt >= (isTerminal ? terminalMs : logMs)) draw(progress, false);
    },
    end(): void {
      if (last !== undefined) draw(last, true);
    },
  };
}
