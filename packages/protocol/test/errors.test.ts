import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ErrorCode, errorCatalogue, ParleyError } from '../src/index.ts';
import { wireError } from '../src/schemas.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];

describe('errors', () => {
  it('come through the wire as they were', () => {
    const options = fc.record(
      { message: fc.string(), field: fc.string(), retryAfterMs: fc.nat() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(...codes), options, (code, given) => {
        const error = new ParleyError(code, given);
        const parsed = wireError.parse(JSON.parse(JSON.stringify(error.toWire())));
        const back = ParleyError.fromWire(parsed);
        assert.deepEqual(back.toWire(), error.toWire());
        assert.equal(back.retryable, errorCatalogue[code].retry);
      }),
    );
  });

  it('say nothing on the wire of what caused them', () => {
    const error = new ParleyError('unavailable', { cause: new Error('the password of the database is tea') });
    assert.ok(!JSON.stringify(error.toWire()).includes('tea'));
    assert.ok(error.cause instanceof Error);
  });

  it('have each a sentence fit to show and a status of its kind', () => {
    for (const [code, { status, retry, sentence }] of Object.entries(errorCatalogue)) {
      assert.match(sentence, /^[A-Z].*[.)]$/, code);
      assert.ok(status >= 400 && status < 600, code);
      if (retry) assert.ok(status === 429 || status >= 500, `${code}: trying again helps only against these`);
    }
  });
});
