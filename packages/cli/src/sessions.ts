import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { env } from 'node:process';

/** A session of this machine's user, as `parley chat login` keeps it. */
export interface KeptSession {
  readonly name: string;
  readonly token: string;
}

interface Kept {
  /** The server signed in to last; the default of `--url`. */
  readonly last?: string;
  readonly sessions: Readonly<Record<string, KeptSession>>;
}

/** Where sessions are kept: `parley/sessions.json` in the folder of the XDG base directories for settings. */
export const sessionsPath = (): string => {
  const base = env['XDG_CONFIG_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'parley', 'sessions.json');
};

export const keptSession = (url: string): KeptSession | undefined => read().sessions[url];

/** The server signed in to last. */
export const lastUrl = (): string | undefined => read().last;

/** Keeps a session for the next command, readable by nobody else. */
export function keepSession(url: string, session: KeptSession): void {
  write({ last: url, sessions: { ...read().sessions, [url]: session } });
}

export function forgetSession(url: string): void {
  const { [url]: _, ...sessions } = read().sessions;
  write({ sessions });
}

function read(): Kept {
  let text: string;
  try {
    text = readFileSync(sessionsPath(), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { sessions: {} };
    throw new Error(`${sessionsPath()} cannot be read: ${String(error)}`, { cause: error });
  }
  try {
    const { last, sessions } = JSON.parse(text) as Partial<Kept>;
    return { sessions: sessions ?? {}, ...(last === undefined ? {} : { last }) };
  } catch (cause) {
    throw new Error(`${sessionsPath()} is not JSON. Remove it and sign in again.`, { cause });
  }
}

function write(kept: Kept): void {
  const path = sessionsPath();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  // A file that was there already keeps its mode otherwise.
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}
