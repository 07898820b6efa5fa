import { limits } from '@parley/protocol';
import type { Line } from './lines.ts';

/** A line that will be posted. */
export interface Post {
  readonly line: number;
  readonly nick: string;
  readonly text: string;
  /** Lines of the same excerpt that it answers. */
  readonly answers: readonly number[];
  /** When it was said, in milliseconds after the excerpt's first post. */
  readonly atMs: number;
}

/** One excerpt, which becomes one channel. */
export interface Excerpt {
  readonly file: string;
  readonly posts: readonly Post[];
  /** Everybody who speaks in it, in order of appearance. */
  readonly nicks: readonly string[];
}

/** What a replay will do. */
export interface Plan {
  readonly excerpts: readonly Excerpt[];
  readonly nicks: readonly string[];
  readonly posts: number;
  /** Lines that are not posted: joins, other notices, lines without text or author. */
  readonly skipped: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Sorts lines into excerpts and decides what is posted. */
export async function planReplay(lines: AsyncIterable<Line> | Iterable<Line>): Promise<Plan> {
  const byFile = new Map<string, Line[]>();
  let posts = 0;
  let skipped = 0;
  for await (const line of lines) {
    const isPosted = (line.kind === 'message' || line.kind === 'action') && textOf(line) !== '' && nickOf(line) !== '';
    if (!isPosted) {
      skipped += 1;
      continue;
    }
    posts += 1;
    const excerpt = byFile.get(line.file);
    if (excerpt === undefined) byFile.set(line.file, [line]);
    else excerpt.push(line);
  }
  const excerpts = Array.from(byFile, ([file, said]) => excerptOf(file, said));
  return { excerpts, nicks: [...new Set(excerpts.flatMap(({ nicks }) => nicks))], posts, skipped };
}

const nickOf = ({ nick }: Line): string => nick?.trim() ?? '';

/** Without the control characters that IRC formats with, whole, and no longer than a message may be. */
function textOf({ kind, text }: Line): string {
  // oxlint-disable-next-line no-control-regex
  const shown = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
  if (shown === '') return '';
  const cut = shown.slice(0, limits.maxTextLength - 2).toWellFormed();
  return kind === 'action' ? `*${cut}*` : cut;
}

function excerptOf(file: string, said: readonly Line[]): Excerpt {
  const minutes = minutesOf(said);
  const perMinute = new Map<number, number>();
  for (const minute of minutes) perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  const placed = new Map<number, number>();
  const posts = said.map((line, index): Post => {
    const minute = minutes[index] ?? 0;
    const place = placed.get(minute) ?? 0;
    placed.set(minute, place + 1);
    // Times are whole minutes: what was said within one is spread evenly over it.
    const atMs = minute + (place / (perMinute.get(minute) ?? 1)) * minuteMs;
    return { line: line.line, nick: nickOf(line), text: textOf(line), answers: line.replyTo ?? [], atMs };
  });
  return { file, posts, nicks: [...new Set(posts.map(({ nick }) => nick))] };
}

/** The minute of each line, in milliseconds after the first one's; never going back. */
function minutesOf(said: readonly Line[]): number[] {
  let first: number | undefined;
  let last = 0;
  let previous = Number.NaN;
  let days = 0;
  return said.map(({ day, time }) => {
    const stamp = Date.parse(`${day ?? '1970-01-01'}T${time ?? ''}Z`);
    if (!Number.isNaN(stamp)) {
      // An excerpt keeps the day it began on: a clock that jumps back by hours has passed midnight.
      if (stamp + days < previous - dayMs / 2) days += dayMs;
      previous = stamp + days;
      first ??= previous;
      last = Math.max(last, previous - first);
    }
    return last;
  });
}
