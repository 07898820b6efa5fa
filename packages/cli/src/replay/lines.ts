import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** A line of recorded chat that can be posted. */
export interface ChatLine {
  /** The excerpt it belongs to: one channel each. */
  readonly file: string;
  /** Its number in the excerpt, which `replyTo` refers to. */
  readonly line: number;
  readonly nick: string;
  readonly text: string;
  readonly replyTo: readonly number[];
  /** Minutes since midnight, where known. */
  readonly minute: number | undefined;
}

/**
 * The first lines of a recording, by excerpt.
 * @throws Error when the file is not there, cannot be read or holds nothing to post
 */
export async function readExcerpts(path: string, limit: number): Promise<Map<string, ChatLine[]>> {
  const excerpts = new Map<string, ChatLine[]>();
  try {
    for await (const line of readLines(path, limit)) {
      const lines = excerpts.get(line.file);
      if (lines === undefined) excerpts.set(line.file, [line]);
      else lines.push(line);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    const why = code === 'ENOENT' ? 'There is no such file.' : error instanceof Error ? error.message : code;
    throw new Error(`${path} cannot be read: ${why}`, { cause: error });
  }
  if (excerpts.size === 0) throw new Error(`${path} holds no line that somebody said.`);
  return excerpts;
}

const posted = new Set(['message', 'action']);

/**
 * The first lines of a recording (JSON lines, plain or gzip) that people said; joins, parts and the like are skipped.
 * @throws Error naming the line, when one is not in the recording's form
 */
export async function* readLines(path: string, limit: number): AsyncGenerator<ChatLine> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A broken file has to end the reading, not the process.
  file.on('error', (error) => input.destroy(error));
  let number = 0;
  let count = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (count >= limit) return;
    const line = parseLine(text, `${path}:${number}`);
    if (line === undefined) continue;
    count++;
    yield line;
  }
}

function parseLine(text: string, where: string): ChatLine | undefined {
  let value: Partial<Record<string, unknown>>;
  try {
    value = JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch (cause) {
    throw new Error(`${where} is not JSON.`, { cause });
  }
  const { file, line, kind, nick, text: said, time, replyTo } = value;
  if (typeof kind !== 'string' || !posted.has(kind)) return undefined;
  if (typeof file !== 'string' || typeof line !== 'number' || typeof nick !== 'string' || typeof said !== 'string') {
    throw new Error(`${where} lacks one of: file, line, nick, text.`);
  }
  if (said.trim() === '') return undefined;
  const [hour, minute] = typeof time === 'string' ? time.split(':').map(Number) : [];
  return {
    file,
    line,
    nick,
    text: said,
    replyTo: Array.isArray(replyTo) ? replyTo.filter((number): number is number => typeof number === 'number') : [],
    minute: hour === undefined || minute === undefined ? undefined : hour * 60 + minute,
  };
}
