import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversationEvent, message, serverFrame, streamEvent } from '@parley/protocol/schemas';
import fc from 'fast-check';
import { headOf } from '../../src/stream/index.ts';
import { story } from './arbitraries.ts';
import { streamFor } from './people.ts';
import { play } from './play.ts';

describe('what the rules make', () => {
  it('is what the protocol says it is: every event, row and head, unchanged by parsing', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        const stream = streamFor(kind);
        for (const { event, after, rows } of play(stream, steps)) {
          assert.deepEqual(conversationEvent.parse(event), event);
          assert.deepEqual(streamEvent.parse(JSON.parse(JSON.stringify(event))), event);
          for (const row of rows.values()) assert.deepEqual(message.parse(row), row);
          const frames = [
            { t: 'events', stream, events: [event] },
            { t: 'heads', heads: [headOf(after)] },
          ];
          for (const frame of frames) assert.deepEqual(serverFrame.parse(frame), frame);
        }
      }),
      { numRuns: 60 },
    );
  });
});
