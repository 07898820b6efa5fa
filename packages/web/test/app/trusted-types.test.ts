import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyCharacters } from '../../src/app/trusted-types.ts';

describe('what may become markup', () => {
  it('is the name of one character', () => {
    for (const name of ['&amp;', '&lt;', '&eacute;', '&frac12;', '&CounterClockwiseContourIntegral;'])
      assert.equal(onlyCharacters(name), name);
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'amp',
      '&amp',
      '&amp;&lt;',
      '&lt;b&gt;',
      '<b>',
      '&amp;<img src=x onerror=alert(1)>',
      '\n&amp;',
      '&amp;\n',
    ])
      assert.throws(() => onlyCharacters(text), TypeError, text);
  });
});
