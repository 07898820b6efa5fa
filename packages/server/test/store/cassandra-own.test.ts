import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cassandra } from '../../../../scripts/engines/cassandra.ts';
import type { Place } from '../../../../scripts/engines/engine.ts';
import { startEngine, stopEngine } from '../../../../scripts/engines/lifecycle.ts';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/registry.ts';
import { type EngineCertificates, makeEngineCertificates, tlsPlace, tlsQueries } from '../engine-certificates.ts';
import { engineForTest } from '../engines.ts';
import { until } from '../until.ts';
import { document } from './conformance/documents.ts';
import { appendOf, filled, freshStream } from './conformance/make.ts';

const { skip } = engineForTest('cassandra');
const port = 29_142;
const tlsPort = 29_152;
const open = (query: string, startWithinMs = 60_000) =>
  openStore(`cassandra://127.0.0.1:${tlsPort}/parley?tls=true&${query}`, { log: silentLog, startWithinMs });

describe('a Cassandra of its own', { skip }, () => {
  let place: Place;
  let certificates: EngineCertificates;
  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-cassandra-'));
    certificates = makeEngineCertificates(folder);
    place = { folder, port, tls: tlsPlace(certificates, tlsPort) };
    await startEngine(cassandra, place);
  });
  after(() => stopEngine(place, { signal: 'SIGKILL', erase: true }));

  it('is spoken to over TLS, with a certificate where it wants one', async () => {
    const store = await open(tlsQueries(certificates).known);
    const { stream, events } = await filled(store, 3);
    assert.deepEqual((await store.load(stream))?.events, events);
    assert.equal(await store.putDocument(document(), 0), true);
    await store.close();
  });

  it('is refused at once when nobody it trusts vouches for it', async () => {
    await assert.rejects(
      open(tlsQueries(certificates).mistaken),
      /^EngineError: Cassandra at 127\.0\.0\.1:29152 has a certificate that cannot be verified .*\?ca=FILE/,
    );
  });

  it('is not reached without a certificate where it wants one', async () => {
    await assert.rejects(open(tlsQueries(certificates).nameless, 2_000), /^EngineError: .*cannot be reached/);
  });

  it('may be killed and started again: refuses meanwhile, then goes on by itself, and has lost nothing that it acknowledged', async () => {
    // Patient: what answers late on a busy machine has not lost anything.
    const url = `cassandra://127.0.0.1:${port}/parley?timeout=20000`;
    const store = await openStore(url, { log: silentLog });
    try {
      const { stream, events } = await filled(store, 30);
      const note = document();
      assert.equal(await store.putDocument(note, 0), true);
      const unborn = freshStream();
      await stopEngine(place, { signal: 'SIGKILL' });
      await assert.rejects(store.append(appendOf(stream, 31, 31)), { code: 'unavailable' });
      await assert.rejects(store.append(appendOf(unborn, 1, 1)), { code: 'unavailable' });
      await assert.rejects(store.head(stream), { code: 'unavailable' });
      await assert.rejects(store.putDocument(note, 1), { code: 'unavailable' });
      await startEngine(cassandra, place);
      await until('it answers', () =>
        store.check().then(
          () => true,
          () => false,
        ),
      );
      assert.deepEqual((await store.load(stream))?.events, events);
      assert.equal(await store.head(unborn), 0);
      assert.deepEqual(await store.document(note.kind, note.owner, note.key), note);
      assert.deepEqual(await store.append(appendOf(stream, 31, 31)), { ok: true });
    } finally {
      await store.close();
    }
  });
});
