import { isStreamId, ParleyError, type StreamId } from '@parley/protocol';
import type { Principal } from '../../packages/server/src/gateway/port.ts';
import type { GatewayNode } from '../nodes/gateway-node.ts';
import { delayMs } from '../time/link.ts';
import type { Process } from '../time/process.ts';

const timeoutMs = 5_000;

/**
 * What `fetch` is to the SDK here: pages of events, from whichever node the balancer picks.
 * @param pick a node, or `undefined` where none takes connections
 */
export function fetchFrom(
  client: Process,
  principal: Principal,
  pick: () => GatewayNode | undefined,
): (url: string) => Promise<Response> {
  const { scheduler } = client;
  return (url) => {
    const { pathname, searchParams } = new URL(url);
    const [, named] = /\/conversations\/([^/]+)\/events$/.exec(pathname) ?? [];
    const stream: StreamId = named !== undefined && isStreamId(named) ? named : principal.user;
    const node = pick();
    const answer = new Promise<Response>((resolve, reject) => {
      scheduler.after(timeoutMs, () => reject(new TypeError('timed out')));
      if (node === undefined) return;
      const respond = (status: number, body: unknown): void => {
        scheduler.after(delayMs(scheduler), () => resolve(responseOf(status, body)));
      };
      scheduler.after(delayMs(scheduler), () =>
        node.process.run(() => {
          node
            .readEvents(principal, stream, Number(searchParams.get('after') ?? 0), Number(searchParams.get('limit')))
            .then(
              (page) => respond(200, page),
              (error: unknown) => {
                const known = error instanceof ParleyError ? error : new ParleyError('internal', { cause: error });
                respond(known.code === 'not-found' ? 404 : 503, { error: known.toWire() });
              },
            );
        }),
      );
    });
    return client.settle(answer);
  };
}

/** As much of a response as the SDK looks at; a real one would read its body on real time. */
const responseOf = (status: number, body: unknown): Response =>
  ({ ok: status === 200, status, json: () => Promise.resolve(body) }) as Response;
