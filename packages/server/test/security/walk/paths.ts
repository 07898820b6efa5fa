import { type ErrorCode, newCid, type StreamId } from '@parley/protocol';
import type { RawClient } from '../../node/raw-client.ts';
import type { SocketIoClient } from '../../node/socket-io-client.ts';
import type { Stand } from '../../node/stand.ts';
import type { Actor } from './cast.ts';

/** What became of a command: its seq, or why not. */
export type Outcome = { readonly seq: number } | { readonly code: ErrorCode };

/** A way for commands into the server. */
export interface Path {
  readonly name: string;
  send(who: Actor, stream: StreamId, command: object): Promise<Outcome>;
}

export const rest = (stand: Stand): Path => ({
  name: 'POST /api/v1/commands',
  async send({ token, id }, stream, command) {
    const { body, error } = await stand.command({ token, id }, stream, command);
    return error === undefined ? { seq: Number(body['seq']) } : { code: error.code };
  },
});

/** One socket for each person; whoever is signed out has a new one for each attempt, since the server closes it. */
export function socket(stand: Stand): Path {
  const clients = new Map<string, RawClient>();
  const clientOf = async (who: Actor): Promise<RawClient> => {
    const known = clients.get(who.id);
    if (known !== undefined) return known;
    const client = await stand.live(who);
    clients.set(who.id, client);
    return client;
  };
  return {
    name: 'the socket',
    async send(who, stream, command) {
      const cid = newCid();
      const frame = { t: 'send', stream, cid, command };
      if (who.isSignedOut) {
        const client = await stand.connect();
        client.send(frame);
        const { error } = await client.next('error');
        await client.closed();
        return { code: error.code };
      }
      const client = await clientOf(who);
      client.send(frame);
      const answer = await Promise.race([
        client.next('ack', (ack) => ack.cid === cid),
        client.next('nack', (nack) => nack.cid === cid),
      ]);
      client.frames.length = 0;
      return answer.t === 'ack' ? { seq: answer.seq } : { code: answer.error.code };
    },
  };
}

/** One client of Socket.IO for each person; whoever is signed out is not let in by it. */
export function socketIo(stand: Stand): Path {
  const clients = new Map<string, Promise<SocketIoClient>>();
  const clientOf = (who: Actor): Promise<SocketIoClient> => {
    let client = clients.get(who.id);
    if (client === undefined) {
      client = stand.socketIo({ auth: { token: who.token } }).connected();
      clients.set(who.id, client);
    }
    return client;
  };
  return {
    name: 'Socket.IO',
    async send(who, stream, command) {
      if (who.isSignedOut) return { code: (await stand.socketIo().refused()).code };
      const answer = await (await clientOf(who)).ask('send', { stream, cid: newCid(), command });
      if (answer.t === 'ack') return { seq: answer.seq };
      if (answer.t === 'nack' || answer.t === 'error') return { code: answer.error.code };
      throw new Error(`answered by ${answer.t}`);
    },
  };
}
