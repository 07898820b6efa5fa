import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Broker } from '../../src/broker/port.ts';
import { type EngineCertificates, tlsQueries } from '../engine-certificates.ts';
import { until } from '../until.ts';
import { bytes, text } from './conformance/engine.ts';

/** What is published comes out again: every connection that a broker has is used. */
export async function carries(broker: Broker, word: string): Promise<void> {
  try {
    const [seen, news]: [string[], string[]] = [[], []];
    await broker.openInbox('secure', (payload) => news.push(text(payload)));
    await broker.consume(
      {
        assigned: () => Promise.resolve(),
        revoked: () => Promise.resolve(),
        batch: (_partition, records) => {
          for (const { payload } of records) seen.push(text(payload));
          return Promise.resolve();
        },
      },
      { maxBatch: 10 },
    );
    await broker.join({ node: 'secure', roles: [] });
    await broker.publish(0, [bytes(word)]);
    await until(`${word} arrives`, () => seen.includes(word));
    await until('news arrives', () => {
      broker.send('secure', bytes(word));
      return news.includes(word);
    });
  } finally {
    await broker.close();
  }
}

/**
 * @param open with these options in the URL of the engine's door for those with a certificate
 */
export function speaksTls(certificates: () => EngineCertificates, open: (query: string) => Promise<Broker>): void {
  it('speaks TLS, with a certificate of its own where the engine wants one', async () => {
    await carries(await open(tlsQueries(certificates()).known), 'with a certificate');
  });

  it('says at once that nobody it trusts vouches for the engine', async () => {
    await assert.rejects(
      open(tlsQueries(certificates()).mistaken),
      /^EngineError: .*certificate that cannot be verified .*\?ca=FILE/,
    );
  });

  it('gets nowhere without a certificate where the engine wants one', async () => {
    await assert.rejects(open(tlsQueries(certificates()).nameless), /^EngineError: .*cannot be reached/);
  });
}
