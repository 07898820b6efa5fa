import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Cid, memoryOutbox, newCid, newConversationId, type Outbox, type OutboxEntry } from '../src/index.ts';
import { fileOutbox } from '../src/node.ts';

const stream = newConversationId();
const entry = (text: string): OutboxEntry => ({
  cid: newCid(),
  stream,
  command: { type: 'post', text },
  mode: 'exactly-once',
  queuedAt: 1,
});
const textsOf = (entries: readonly OutboxEntry[]): string[] =>
  entries.map(({ command }) => (command.type === 'post' ? command.text : command.type));

let folder = '';
let files = 0;
const freshPath = (): string => join(folder, `${++files}.outbox`);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-outbox-'));
});
after(() => rm(folder, { recursive: true }));

const outboxes: Readonly<Record<string, () => Outbox>> = {
  memory: memoryOutbox,
  file: () => fileOutbox(freshPath()),
};
for (const [name, make] of Object.entries(outboxes)) {
  describe(`an outbox (${name})`, () => {
    it('keeps what was put, in order, without what was removed', async () => {
      const outbox = make();
      assert.deepEqual(await outbox.load(), []);
      const entries = ['a', 'b', 'c', 'd'].map(entry);
      await Promise.all(entries.map((one) => outbox.put(one)));
      await outbox.remove(entries[1]?.cid ?? ('' as Cid));
      await outbox.remove(newCid());
      assert.deepEqual(await outbox.load(), [entries[0], entries[2], entries[3]]);
      await outbox.close();
    });

    it('forgets what is removed while it is still being put', async () => {
      const outbox = make();
      await outbox.load();
      const one = entry('a');
      await Promise.all([outbox.put(one), outbox.remove(one.cid)]);
      assert.deepEqual(await outbox.load(), []);
      await outbox.close();
    });
  });
}

describe('an outbox in a file', () => {
  it('loads what was whole, wherever a crash cut the file, and takes new entries behind it', async () => {
    const path = freshPath();
    const outbox = fileOutbox(path);
    await outbox.load();
    const entries = ['first', 'second ☕', 'third'].map(entry);
    for (const one of entries) await outbox.put(one);
    await outbox.remove(entries[0]?.cid ?? ('' as Cid));
    await outbox.close();
    const bytes = await readFile(path);
    const states = [[], ['first'], ['first', 'second ☕'], ['first', 'second ☕', 'third'], ['second ☕', 'third']];
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length }), async (cut) => {
        const torn = freshPath();
        await writeFile(torn, bytes.subarray(0, cut));
        const whole = bytes.subarray(0, cut).toString('latin1').split('\n').length - 1;
        const revived = fileOutbox(torn);
        const loaded = textsOf(await revived.load());
        // A line that lacks only its end is whole too.
        const expected = [states[whole], states[whole + 1]].map((state) => JSON.stringify(state));
        assert.ok(expected.includes(JSON.stringify(loaded)), `${JSON.stringify(loaded)} at ${cut}`);
        await revived.put(entry('after the crash'));
        await revived.close();
        const again = fileOutbox(torn);
        assert.deepEqual(textsOf(await again.load()), [...loaded, 'after the crash']);
        await again.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is written anew once most of it is stale, and is the same after it', async () => {
    const path = freshPath();
    const outbox = fileOutbox(path);
    await outbox.load();
    const keep = entry('keep me');
    await outbox.put(keep);
    for (let round = 0; round < 3; round++) {
      const passing = Array.from({ length: 300 }, (_, index) => entry(`passing ${index} ${'x'.repeat(200)}`));
      await Promise.all(passing.map((one) => outbox.put(one)));
      await Promise.all(passing.map(({ cid }) => outbox.remove(cid)));
    }
    assert.ok((await stat(path)).size < 500 * 300, 'most of 900 removed entries are gone from the file');
    await outbox.close();
    const again = fileOutbox(path);
    assert.deepEqual(textsOf(await again.load()), ['keep me']);
    await again.close();
  });

  it('is for its owner alone', { skip: process.platform === 'win32' }, async () => {
    const path = freshPath();
    const outbox = fileOutbox(path);
    await outbox.load();
    await outbox.put(entry('secret'));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    await outbox.close();
  });

  it('has everything it said it has after kill -9, whenever that came', async () => {
    const path = freshPath();
    const script = `
      import { fileOutbox } from ${JSON.stringify(new URL('../src/node.ts', import.meta.url).href)};
      const outbox = fileOutbox(${JSON.stringify(path)});
      await outbox.load();
      for (let number = 1; ; number++) {
        const command = { type: 'post', text: String(number) };
        await outbox.put({ cid: 'cid-' + number, stream: ${JSON.stringify(stream)}, command, mode: 'exactly-once', queuedAt: 1 });
        process.stdout.write(number + '\\n');
      }`;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      said += String(chunk);
      if (said.split('\n').length > 50 && !child.killed) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const promised = Number(said.trimEnd().split('\n').at(-1));
    const outbox = fileOutbox(path);
    const texts = textsOf(await outbox.load());
    assert.ok(texts.length >= promised, `${promised} promised, ${texts.length} there`);
    assert.deepEqual(
      texts,
      Array.from({ length: texts.length }, (_, index) => String(index + 1)),
    );
    await outbox.close();
  });

  it('rejects what cannot be written', { skip: !existsSync('/dev/full') }, async () => {
    const outbox = fileOutbox('/dev/full');
    await assert.rejects(outbox.put(entry('no room')), /ENOSPC/);
    await outbox.close();
    const nowhere = fileOutbox(join(folder, 'no such folder', 'outbox'));
    await assert.rejects(nowhere.load(), /ENOENT/);
  });
});
