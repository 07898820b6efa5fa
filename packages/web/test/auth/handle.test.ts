import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { deviceName } from '../../src/auth/device.ts';
import { suggestHandle } from '../../src/auth/handle.ts';

it('suggests a handle like the name, and none where the name has nothing for it', () => {
  assert.equal(suggestHandle('Ann-Léa  Müller'), 'ann-lea.muller');
  assert.equal(suggestHandle(' .ann! '), 'ann');
  assert.equal(suggestHandle('李小龙'), '');
});

it('suggests only what the server takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      assert.match(suggestHandle(name), /^(?:[a-z0-9][a-z0-9._-]{0,31})?$/);
    }),
  );
});

it('calls a device by its browser and system', () => {
  const agents = {
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox on Linux',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18 Safari/605.1.15':
      'Safari on Mac',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0':
      'Edge on Windows',
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36':
      'Chrome on Android',
    'curl/8': 'A browser',
  };
  for (const [agent, name] of Object.entries(agents)) assert.equal(deviceName(agent), name);
});
