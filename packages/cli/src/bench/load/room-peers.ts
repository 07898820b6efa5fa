import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../free-ports.ts';
import { enterRoom, groupMessage, startEjabberd, xmppSignIn } from './ejabberd.ts';
import { peer, peerSource } from './peer.ts';
import { isOpen, MissingPeerError, needPath, peerFolder, programsFolder } from './program.ts';
import { ServerProcess } from './server-process.ts';
import { socketIoGreeting, socketIoPath } from './socket-io.ts';

/** A server with a room in it, and how raw sockets speak to it. */
export interface RoomPeer {
  readonly name: string;
  /** Path and query of its WebSocket. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Messages a second to 1,000 sockets that it can still deliver; beyond it, it would only queue. */
  readonly maxRate: number;
  /** @throws MissingPeerError where it is not installed */
  start(): Promise<ServerProcess>;
  /** The frames with which one enters so many rooms. */
  greet(person: number, rooms: number): readonly string[];
  /** A text for the first room. */
  post(text: string, index: number): string;
  /** What comes last once `count` messages are there. */
  lastMark(count: number): string;
  /** How long it takes from the greeting until everybody is in, in milliseconds. */
  readonly enterMs?: number;
}

const redisPort = 16379;
const jsonMark = (count: number): string => `"seq":${count}}`;

export const socketIo: RoomPeer = {
  name: 'socketIo',
  path: socketIoPath(),
  maxRate: 300,
  start: () => peer('socket-io-server'),
  greet: () => socketIoGreeting,
  post: (text) => `42["post",${JSON.stringify(text)}]`,
  lastMark: jsonMark,
};

const socketIoRedis: RoomPeer = {
  ...socketIo,
  name: 'socketIoRedis',
  async start() {
    if (!(await isOpen(redisPort))) throw new MissingPeerError('redis');
    return peer('socket-io-redis-server', { PEER_REDIS: `redis://127.0.0.1:${redisPort}` });
  },
};

export const bare: RoomPeer = {
  name: 'bare',
  path: '/',
  maxRate: 300,
  start: () => peer('bare-server'),
  greet: () => [],
  post: (text) => text,
  lastMark: jsonMark,
};

const netty: RoomPeer = {
  ...bare,
  name: 'netty',
  async start() {
    const jars = needPath('netty', join(programsFolder, 'netty-4.2.18.Final'));
    const port = await freePorts(1);
    const source = peerSource('NettyBroadcast.java');
    return ServerProcess.program(port, 'java', ['-Xmx1g', '-cp', `${jars}/*`, source, String(port)]);
  },
};

const centrifugo: RoomPeer = {
  name: 'centrifugo',
  path: '/connection/websocket',
  maxRate: 300,
  async start() {
    const program = needPath('centrifugo', join(programsFolder, 'centrifugo', 'centrifugo'));
    const port = await freePorts(1);
    const config = join(peerFolder(), 'config.json');
    const settings = {
      http_server: { address: '127.0.0.1', port: String(port) },
      log: { level: 'error' },
      // A session's pings would need answers, which the load generator does not read for.
      client: { insecure: true, allowed_origins: ['*'], ping_interval: '600s', pong_timeout: '60s' },
      channel: { without_namespace: { allow_subscribe_for_client: true, allow_publish_for_client: true } },
    };
    writeFileSync(config, JSON.stringify(settings));
    return ServerProcess.program(port, program, ['-c', config]);
  },
  greet: (_, rooms) => [
    '{"id":1,"connect":{}}',
    ...Array.from({ length: rooms }, (__, room) => `{"id":${room + 2},"subscribe":{"channel":"room-${room}"}}`),
  ],
  post: (text, index) =>
    `{"id":${index + 100},"publish":{"channel":"room-0","data":${JSON.stringify({ text, at: Date.now(), seq: index + 1 })}}}`,
  lastMark: jsonMark,
};

/** Multi-user chat (XEP-0045) over WebSocket (RFC 7395), anonymous, without history and without who is there. */
export const ejabberd: RoomPeer = {
  name: 'ejabberd',
  path: '/ws',
  headers: { 'Sec-WebSocket-Protocol': 'xmpp' },
  maxRate: 300,
  enterMs: 5_000,
  start: () => startEjabberd(false),
  greet: (person, rooms) => [...xmppSignIn, ...Array.from({ length: rooms }, (_, room) => enterRoom(person, room))],
  post: (text, index) => groupMessage(0, `${text} #${index + 1}#`, index),
  lastMark: (count) => ` #${count}#`,
};

/** What Parley is measured beside where messages go to a room. */
export const roomPeers: readonly RoomPeer[] = [socketIo, socketIoRedis, bare, netty, centrifugo, ejabberd];

/** @param beside names separated by commas, `all` or `none` */
export function chosenOf(peers: readonly RoomPeer[], beside: string): readonly RoomPeer[] {
  if (beside === 'all') return peers;
  return beside === 'none' ? [] : peers.filter(({ name }) => beside.split(',').includes(name));
}

/** Figures; or why there are none and what to do about it. Anything else that goes wrong with a peer is told and costs no other figure. */
export async function unlessMissing<Figures>(measure: () => Promise<Figures>): Promise<Figures | string> {
  try {
    return await measure();
  } catch (error) {
    return error instanceof MissingPeerError ? error.message : `failed: ${String(error)}`;
  }
}
