import type { Socket } from 'node:net';

/** The two sockets of a proxied connection: the end of one is that of the other. */
export function endTogether(client: Socket, server: Socket): void {
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
