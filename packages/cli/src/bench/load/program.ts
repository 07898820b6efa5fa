import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where `npm run engines` puts what it installs. */
export const programsFolder = process.env['PARLEY_PROGRAMS'] ?? join('.engines', 'programs');

/** A peer that is not here, with the command that brings it. */
export class MissingPeerError extends Error {
  constructor(name: string) {
    super(`not installed: npm run engines -- up ${name}`);
    this.name = 'MissingPeerError';
  }
}

/** @throws MissingPeerError when none of the paths is there */
export function needPath(peer: string, ...paths: readonly string[]): string {
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new MissingPeerError(peer);
  return found;
}

/** Whether somebody takes connections at a port. */
export const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** A folder for a peer's settings and data, removed when this process ends. */
export function peerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-peer-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
