import type { StreamEvent, StreamId } from '@parley/protocol';
import type { Client } from './api.ts';

/** Events kept for a loop that is slower than the stream; then the watch is dropped and taken up again where the loop is. */
const maxBuffered = 5_000;

/** The events of one stream as they come. Ends with the signal; throws when the right to watch ends. */
export async function* iterateEvents(
  client: Client,
  stream: StreamId,
  { after, signal }: { after?: number; signal?: AbortSignal },
): AsyncIterableIterator<StreamEvent> {
  if (signal?.aborted === true) return;
  const done = new AbortController();
  let buffered: StreamEvent[] = [];
  let last = after;
  let isPaused = false;
  let failure: unknown;
  let wake = Promise.withResolvers<void>();

  client.on(
    'event',
    ({ stream: of, event }) => {
      if (of !== stream || isPaused) return;
      buffered.push(event);
      if (buffered.length >= maxBuffered) {
        isPaused = true;
        client.unwatch(stream);
      }
      wake.resolve();
    },
    { signal: done.signal },
  );
  client.on(
    'ended',
    ({ stream: of, error }) => {
      if (of !== stream) return;
      failure = error;
      wake.resolve();
    },
    { signal: done.signal },
  );
  const abort = (): void => {
    done.abort();
    wake.resolve();
  };
  signal?.addEventListener('abort', abort, { once: true });
  client.watch(stream, last === undefined ? {} : { after: last });

  try {
    while (!done.signal.aborted) {
      const events = buffered;
      buffered = [];
      for (const event of events) {
        yield event;
        last = event.seq;
        if (done.signal.aborted) return;
      }
      if (isPaused && buffered.length === 0) {
        isPaused = false;
        client.watch(stream, last === undefined ? {} : { after: last });
      }
      if (buffered.length > 0) continue;
      if (failure !== undefined) throw failure;
      await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    done.abort();
    signal?.removeEventListener('abort', abort);
    client.unwatch(stream);
  }
}
