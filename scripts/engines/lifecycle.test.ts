import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Engine, Place } from './engine.ts';
import { findProgram } from './exec.ts';
import { isRunning, startEngine, stopEngine } from './lifecycle.ts';
import { memcached } from './memcached.ts';
import { startTimeOf } from './process-times.ts';
import { readRunning } from './processes.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

const isHere = findProgram('memcached') !== undefined;
const reason = 'memcached is not installed: npm run engines -- up memcached';
if (!isHere && env['PARLEY_REQUIRE_ENGINES'] === '1') throw new Error(reason);

describe('an engine', { skip: isHere ? false : reason }, () => {
  let place: Place;
  beforeEach(async () => {
    place = { folder: await mkdtemp(join(tmpdir(), 'parley-engine-')), port: await freePort() };
  });
  afterEach(async () => {
    await stopEngine(place);
    await rm(place.folder, { recursive: true, force: true });
  });

  it('answers once it is up, is started once by all who ask, and is gone when it is stopped', async () => {
    await Promise.all([startEngine(memcached, place), startEngine(memcached, place)]);
    await memcached.probe(place.port);
    const running = readRunning(place.folder);
    await startEngine(memcached, place);
    assert.deepEqual(readRunning(place.folder), running);
    assert.equal(await stopEngine(place), true);
    assert.equal(isRunning(place), false);
    await assert.rejects(memcached.probe(place.port));
    assert.equal(await stopEngine(place), false);
  });

  it('starts again after a crash', async () => {
    await startEngine(memcached, place);
    const [crashed] = readRunning(place.folder)?.processes ?? [];
    assert.ok(crashed !== undefined);
    process.kill(crashed.pid, 'SIGKILL');
    while (isRunning(place)) await new Promise((resolve) => setImmediate(resolve));
    await startEngine(memcached, place);
    await memcached.probe(place.port);
  });

  it('takes its data along when it is erased', async () => {
    await startEngine(memcached, place);
    await stopEngine(place, { erase: true });
    assert.equal(existsSync(place.folder), false);
  });

  it('that answers on the port already, started by somebody else, is left alone and named', async () => {
    await startEngine(memcached, place);
    const other = { folder: join(place.folder, 'other'), port: place.port };
    await assert.rejects(startEngine(memcached, other), /Another memcached, not started from this folder/);
    await memcached.probe(place.port);
  });

  it('that ends while starting says so, with what it logged', async () => {
    const broken: Engine = {
      ...memcached,
      commands: () => Promise.resolve([{ name: 'broken', file: execPath, args: ['-e', 'throw new Error("no room")'] }]),
    };
    await assert.rejects(startEngine(broken, place), /ended while starting[\s\S]*no room/);
  });
});

describe('stopping', () => {
  it('never ends a process that was given the id of one that is gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-engine-'));
    const bystander = spawn(execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    const { pid } = bystander;
    assert.ok(pid !== undefined);
    try {
      mkdirSync(folder, { recursive: true });
      const processes = [{ name: 'gone', pid, startTime: 'long ago' }];
      writeFileSync(join(folder, 'processes.json'), JSON.stringify({ port: 1, processes }));
      assert.equal(await stopEngine({ folder, port: 1 }), false);
      assert.notEqual(startTimeOf(pid), undefined);
    } finally {
      bystander.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
