import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { env, execPath, platform } from 'node:process';
import { describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules/.bin');

async function outputOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** Runs a tool of node_modules as `npm run` would, and fails with what it printed. */
async function holds(tool: string, ...args: string[]): Promise<void> {
  const child = spawn(join(bin, tool), args, {
    cwd: root,
    env: { ...env, PATH: `${bin}${delimiter}${env['PATH'] ?? ''}` },
    shell: platform === 'win32',
  });
  const { code, output } = await outputOf(child);
  assert.equal(code, 0, `${tool} ${args.join(' ')}\n${output}`);
}

describe('the sources', () => {
  it('pass the type check', () => holds('tsc', '-b'));
  it('pass the linter', () => holds('oxlint', '--type-aware', '--deny-warnings'));
  it('are formatted', () => holds('biome', 'check'));
});

describe('the built command', () => {
  it('serves on plain Node, and stops when told to', async () => {
    const data = mkdtempSync(join(tmpdir(), 'parley-built-'));
    const { NODE_OPTIONS: _, ...plain } = env;
    const args = ['packages/cli/dist/main.js', 'serve', '--port', '0', '--host', '127.0.0.1', '--data', data];
    const child = spawn(execPath, args, { cwd: root, env: plain });
    const closed = outputOf(child);
    try {
      const url = await new Promise<string>((found, failed) => {
        let output = '';
        child.stdout.on('data', (text) => {
          output += String(text);
          const ready = /Parley is ready at (\S+)/.exec(output)?.[1];
          if (ready !== undefined) found(ready);
        });
        void closed.then((ended) => failed(new Error(`it ended with ${ended.code}: ${ended.output}`)));
      });
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      const about = (await (await fetch(`${url}/api/v1/server`)).json()) as { hasOwner: boolean };
      assert.equal(about.hasOwner, false);
      child.kill('SIGTERM');
      const { code, output } = await closed;
      assert.equal(code, 0, output);
    } finally {
      child.kill('SIGKILL');
      await closed;
      rmSync(data, { recursive: true });
    }
  });
});
