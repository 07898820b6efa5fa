import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePorts } from '../../free-ports.ts';
import { needPath, peerFolder } from './program.ts';
import { ServerProcess } from './server-process.ts';

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
  const port = await freePorts(1);
  const folder = peerFolder();
  const config = join(folder, 'ejabberd.yml');
  writeFileSync(config, ejabberdSettings(port, folder, hasArchive));
  if (hasArchive) {
    // Versions before 23.10 do not make their tables.
    const schema = readFileSync(needPath('ejabberd', '/usr/share/ejabberd/sql/lite.sql'), 'utf8');
    const archive = new DatabaseSync(join(folder, 'archive.db'));
    archive.exec(schema);
    archive.close();
  }
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
