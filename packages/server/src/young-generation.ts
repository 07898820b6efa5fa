import { env, execArgv } from 'node:process';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * As large as the young generation gets, both halves. V8 lets it grow to 64 MiB where there is much memory, and a burst of
 * sign-ins makes it: that took 6 KB for each of 10,000 idle sessions, more than all that a session keeps. Writing was no
 * slower with 8 or 16 MiB (bench write, two alternations); far smaller ones would keep what lives as long as a request.
 */
const maxBytes = 16 * 1024 * 1024;
/** It doubles with each few collections: soon enough to meet it before it has doubled again. */
const lookMs = 50;
/** Whoever says how large it may be, knows. */
const isTold = (options: string): boolean => options.includes('semi-space');

/** Keeps a server's young generation small. Call once a process, when it starts to serve; returns what ends the watching. */
export function boundYoungGeneration(): () => void {
  if (isTold(execArgv.join(' ')) || isTold(env['NODE_OPTIONS'] ?? '')) return () => undefined;
  // The largest size can only be given when a process starts. How it grows can be changed later: not at all.
  const timer = setInterval(() => {
    if (youngBytes() < maxBytes) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    clearInterval(timer);
  }, lookMs).unref();
  return () => clearInterval(timer);
}

/** What V8 has taken for the young generation, in bytes. */
export const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
