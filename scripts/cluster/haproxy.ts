import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { balancers } from '../engines/balancers.ts';
import type { Say } from '../engines/engine.ts';
import { needProgram } from '../engines/exec.ts';
import { startProcesses, stopProcesses } from '../engines/processes.ts';

const published = resolve(import.meta.dirname, '../../deploy/haproxy.cfg');

/** Starts HAProxy in front of nodes on this machine, with the settings that are published for everybody. */
export async function startBalancer(
  folder: string,
  port: number,
  nodePorts: readonly number[],
  say: Say,
): Promise<void> {
  await balancers['haproxy']?.(say);
  await stopProcesses(folder);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'haproxy.cfg');
  writeFileSync(path, settingsFor(readFileSync(published, 'utf8'), port, nodePorts));
  startProcesses(folder, port, [{ name: 'haproxy', file: needProgram('haproxy'), args: ['-db', '-f', path] }]);
}

/** The published settings, on another port and with these nodes. */
export function settingsFor(text: string, port: number, nodePorts: readonly number[]): string {
  const lines = text.split('\n').filter((line) => !/^ {2}server /.test(line));
  const servers = nodePorts.map((nodePort, index) => `  server node-${index + 1} 127.0.0.1:${nodePort}`);
  return `${lines.join('\n').trimEnd()}\n${servers.join('\n')}\n`.replace('bind :80\n', `bind 127.0.0.1:${port}\n`);
}
