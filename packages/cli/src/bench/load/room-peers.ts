import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer, peerSource } from './peer.ts';
import { freePort, isOpen, MissingPeerError, needPath, peerFolder, programsFolder } from './program.ts';
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
    const port = await freePort();
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
    const port = await freePort();
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

const open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
/** All at once: the server takes stanzas one after the other. */
export const xmppSignIn: readonly string[] = [
  open,
  "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>",
  open,
  "<iq type='set' id='bind' xmlns='jabber:client'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
  "<presence xmlns='jabber:client'/>",
];

export const enterRoom = (person: number, room: number): string =>
  `<presence xmlns='jabber:client' to='room-${room}@conference.localhost/person-${person}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`;

export const groupMessage = (room: number, body: string, id: number): string =>
  `<message xmlns='jabber:client' to='room-${room}@conference.localhost' type='groupchat' id='m${id}'><body>${body}</body></message>`;

/** @param hasArchive keeps every message in SQLite (XEP-0313) */
export async function startEjabberd(hasArchive: boolean): Promise<ServerProcess> {
  const ebin = needPath('ejabberd', '/usr/lib/x86_64-linux-gnu/ejabberd-23.01/ebin', '/usr/lib/ejabberd/ebin');
  const port = await freePort();
  const folder = peerFolder();
  const config = join(folder, 'ejabberd.yml');
  writeFileSync(config, ejabberdSettings(port, folder, hasArchive));
  const args = [
    '-noinput',
    '-pa',
    ebin,
    '-mnesia',
    'dir',
    `"${folder}"`,
    '-s',
    'ejabberd',
    '+K',
    'true',
    '+P',
    '250000',
  ];
  return ServerProcess.program(port, 'erl', args, {
    EJABBERD_CONFIG_PATH: config,
    EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
    HOME: folder,
    ERL_MAX_PORTS: '32000',
  });
}

const ejabberdSettings = (port: number, folder: string, hasArchive: boolean): string => `hosts: [localhost]
loglevel: error
auth_method: anonymous
anonymous_protocol: sasl_anon
allow_multiple_connections: true
disable_sasl_mechanisms: []
${hasArchive ? `default_db: sql\nsql_type: sqlite\nsql_database: ${join(folder, 'archive.db')}\n` : ''}websocket_timeout: 3600
websocket_ping_interval: 3600
listen:
  - { port: ${port}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { /ws: ejabberd_http_ws } }
access_rules: { local: { allow: all } }
modules:
${hasArchive ? '  mod_mam: { db_type: sql, default: always }\n' : ''}  mod_muc:
    access: all
    access_create: all
    history_size: 0
    max_users: 20000
    max_user_conferences: 10000
    user_message_shaper: none
    room_shaper: none
    min_message_interval: 0
    min_presence_interval: 0
    default_room_options: { presence_broadcast: [], anonymous: true, mam: ${hasArchive}, max_users: 20000 }
`;

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
