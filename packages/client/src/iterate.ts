import { isConversationStream, ParleyError, type StreamEvent, type StreamId } from '@parley/protocol';
import type { Client } from './api.ts';

/** Events kept for a loop that is slower than the stream; beyond it they are read from history when the loop gets there. */
const maxBuffered = 5_000;
const eventsPerPage = 500;
const firstRetryMs = 500;

/** The events of one stream as they come; see `Client.events`. */
export async function* iterateEvents(
  client: Client,
  stream: StreamId,
  { after, signal }: { after?: number; signal?: AbortSignal },
): AsyncIterableIterator<StreamEvent> {
  if (signal?.aborted === true) return;
  const done = new AbortController();
  const { signal: isDone } = done;
  let buffered: StreamEvent[] = [];
  /** The last seq given out. */
  let last = after;
  /** The stream ran ahead of the loop or of the socket: what is missing is read page by page. */
  let isBehind = false;
  let failure: ParleyError | undefined;
  let wake = Promise.withResolvers<void>();
  const fallBehind = (): void => {
    isBehind = true;
    client.unwatch(stream);
    wake.resolve();
  };
  const fail = (error: ParleyError): void => {
    failure = error;
    wake.resolve();
  };
  const stop = (): void => {
    done.abort();
    wake.resolve();
  };

  client.on(
    'event',
    ({ stream: of, event }) => {
      if (of !== stream || isBehind) return;
      buffered.push(event);
      if (buffered.length >= maxBuffered) fallBehind();
      wake.resolve();
    },
    { signal: isDone },
  );
  client.on(
    'reset',
    (reset) => {
      if (reset.stream !== stream) return;
      if (buffered.length === 0) last ??= reset.after;
      fallBehind();
    },
    { signal: isDone },
  );
  client.on(
    'ended',
    ({ stream: of, error }) => {
      if (of === stream) fail(error);
    },
    { signal: isDone },
  );
  client.on(
    'state',
    ({ state, error }) => {
      if (state === 'closed') stop();
      if (state === 'signed-out') fail(error ?? new ParleyError('unauthenticated'));
    },
    { signal: isDone },
  );
  signal?.addEventListener('abort', stop, { once: true });
  client.watch(stream, last === undefined ? {} : { after: last });

  try {
    while (!isDone.aborted) {
      const events = buffered;
      buffered = [];
      if (events.length === 0) {
        if (failure !== undefined) throw failure;
        if (isBehind) {
          const page = await pageAfter(client, stream, last ?? 0, isDone);
          if (page === undefined) return;
          events.push(...page.events);
          if ((page.events.at(-1)?.seq ?? page.head) >= page.head) {
            isBehind = false;
            client.watch(stream, { after: Math.max(page.head, last ?? 0) });
          }
        } else {
          await wake.promise;
          wake = Promise.withResolvers();
        }
      }
      for (const event of events) {
        if (last !== undefined && event.seq <= last) continue;
        last = event.seq;
        yield event;
        // The signal may have come while the loop was at work.
        if (isDone.aborted) return;
      }
    }
  } finally {
    stop();
    signal?.removeEventListener('abort', stop);
    client.unwatch(stream);
  }
}

/** Tries until the server answers; `undefined` once the signal has come. */
async function pageAfter(
  { rest }: Client,
  stream: StreamId,
  after: number,
  signal: AbortSignal,
): Promise<{ readonly events: readonly StreamEvent[]; readonly head: number } | undefined> {
  while (!signal.aborted) {
    try {
      const page = { after, limit: eventsPerPage };
      return await (isConversationStream(stream) ? rest.events(stream, page) : rest.myEvents(page));
    } catch (error) {
      if (!(error instanceof ParleyError) || !error.retryable) throw error;
      const waitMs = error.retryAfterMs ?? firstRetryMs;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        const wake = (): void => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', wake, { once: true });
      });
    }
  }
  return undefined;
}
