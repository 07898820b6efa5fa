import type { Client } from 'cassandra-driver';
import { EngineError } from '../../patience.ts';
import type { CassandraAddress } from './address.ts';

/** Each entry brings a keyspace from version `index` to `index + 1`. Entries are never changed, only added; each statement may run twice. */
const migrations: readonly (readonly string[])[] = [
  [
    // kind 0: events (root 0). kind 1: rows of messages, by the root of their thread (0: outside threads).
    // row and mark are written by conditional batches; changed and changed_mark, which win, by what is carried out later.
    `CREATE TABLE IF NOT EXISTS entry (
       stream text, bucket int, kind tinyint, root bigint, seq bigint,
       head bigint STATIC, start bigint STATIC, newest int STATIC, pending text STATIC,
       event text, thread bigint, row text, mark text, changed text, changed_mark text,
       PRIMARY KEY ((stream, bucket), kind, root, seq))`,
    // Every seq that an append tried to give a command; the event there tells whether it did.
    `CREATE TABLE IF NOT EXISTS command (
       stream text, slot bigint, cid text, actor text, seq bigint, PRIMARY KEY ((stream, slot), cid, actor, seq))`,
    `CREATE TABLE IF NOT EXISTS snapshot (
       stream text, seq bigint, part int, parts int, state text,
       PRIMARY KEY (stream, seq, part)) WITH CLUSTERING ORDER BY (seq DESC, part ASC)`,
    `CREATE TABLE IF NOT EXISTS directory (
       kind text, slot int, conversation text, seq bigint, name text, topic text, archived boolean, member_count bigint,
       created_at bigint, PRIMARY KEY ((kind, slot), conversation))`,
    `CREATE TABLE IF NOT EXISTS account (
       id text PRIMARY KEY, name text, display_name text, color int, status text, server_role text, password_hash text,
       created_at bigint, last_seen_at bigint)`,
    'CREATE TABLE IF NOT EXISTS account_name (name_key text PRIMARY KEY, id text, account text)',
    'CREATE TABLE IF NOT EXISTS account_letter (list tinyint, letter text, PRIMARY KEY (list, letter))',
    'CREATE TABLE IF NOT EXISTS account_by_name (letter text, name_key text, id text, PRIMARY KEY (letter, name_key))',
    `CREATE TABLE IF NOT EXISTS account_by_word (
       letter text, word text, id text, name_key text, PRIMARY KEY (letter, word, id))`,
    `CREATE TABLE IF NOT EXISTS session (
       id text PRIMARY KEY, user text, token_hash text, device text, created_at bigint, last_used_at bigint,
       expires_at bigint)`,
    'CREATE TABLE IF NOT EXISTS session_by_token (token_hash text PRIMARY KEY, id text)',
    'CREATE TABLE IF NOT EXISTS session_by_user (user text, id text, PRIMARY KEY (user, id))',
    `CREATE TABLE IF NOT EXISTS invite (
       code text PRIMARY KEY, created_by text, expires_at bigint, uses_left int, conversation text)`,
    'CREATE TABLE IF NOT EXISTS invite_by_creator (created_by text, code text, PRIMARY KEY (created_by, code))',
    'CREATE TABLE IF NOT EXISTS heartbeat (id int PRIMARY KEY, at bigint)',
  ],
  ['CREATE TABLE IF NOT EXISTS session_ended (slot bigint, at bigint, id text, PRIMARY KEY (slot, at, id))'],
  [
    `CREATE TABLE IF NOT EXISTS document (
       kind text, owner text, key text, version bigint, body text, PRIMARY KEY ((kind, owner), key))`,
  ],
];

export const schemaVersion = migrations.length;

/** How long one node may take to change the schema before another takes over. */
const leaseSeconds = 120;
/** What another node is making is listed by Cassandra a moment before it can be used. */
const maxAttempts = 20;
const pauseMs = 250;

/**
 * Makes the keyspace where there is none and brings its tables to today's schema; one node at a time.
 * @throws EngineError for another replication than was asked for, missing rights, or a newer schema
 */
export async function migrate(client: Client, datacenter: string, address: CassandraAddress): Promise<void> {
  const { keyspace } = address;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await begin(client, datacenter, address);
        break;
      } catch (error) {
        if (!isMissing(error) || attempt === maxAttempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    await upgrade(client, keyspace);
  } catch (error) {
    if (isUnauthorized(error))
      throw new EngineError(
        `${address.user ?? 'This user'} may not do what Parley needs in keyspace ${keyspace}: ${error.message}. Grant it CREATE, ALTER, SELECT and MODIFY on it, or CREATE on all keyspaces for the first start.`,
        { cause: error },
      );
    throw error;
  }
}

/** Has the keyspace and the table of versions there, and usable. */
async function begin(client: Client, datacenter: string, address: CassandraAddress): Promise<void> {
  const { keyspace } = address;
  await ensureKeyspace(client, datacenter, address);
  await client.execute(`USE ${keyspace}`);
  const tables = await client.execute(
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = 'schema_version'",
    [keyspace],
  );
  if (tables.rowLength === 0)
    await client.execute('CREATE TABLE IF NOT EXISTS schema_version (id int PRIMARY KEY, version int, holder text)');
  await client.execute('SELECT version FROM schema_version WHERE id = 1');
}

async function upgrade(client: Client, keyspace: string): Promise<void> {
  const holder = crypto.randomUUID();
  for (;;) {
    const row = (await client.execute('SELECT version FROM schema_version WHERE id = 1')).first();
    const version = Number(row?.['version'] ?? 0);
    if (version > schemaVersion)
      throw new EngineError(
        `Keyspace ${keyspace} was written by a newer version of Parley (schema ${version}; this one knows ${schemaVersion}). Start that version.`,
      );
    if (version === schemaVersion) return;
    const taking = await client.execute(
      `UPDATE schema_version USING TTL ${leaseSeconds} SET holder = ? WHERE id = 1 IF holder = null`,
      [holder],
      { prepare: true },
    );
    if (!taking.wasApplied()) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    for (const [index, statements] of migrations.slice(version).entries()) {
      for (const statement of statements) await client.execute(statement);
      const next = version + index + 1;
      await client.execute('UPDATE schema_version SET version = ? WHERE id = 1 IF holder = ?', [next, holder], {
        prepare: true,
      });
    }
    await client.execute('UPDATE schema_version SET holder = null WHERE id = 1 IF holder = ?', [holder], {
      prepare: true,
    });
  }
}

async function ensureKeyspace(client: Client, datacenter: string, address: CassandraAddress): Promise<void> {
  const { keyspace } = address;
  const found = await client.execute(
    'SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?',
    [keyspace],
    { prepare: true },
  );
  const row = found.first();
  const nodes = client.hosts.values().filter((host) => host.datacenter === datacenter).length;
  const wanted = address.replication ?? Math.min(3, nodes);
  if (wanted > nodes)
    throw new EngineError(
      `replication=${wanted} needs as many Cassandra nodes in ${datacenter}; there ${nodes === 1 ? 'is 1' : `are ${nodes}`}. Start them, or ask for less.`,
    );
  if (row === null || row === undefined) {
    await client.execute(
      `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', '${datacenter}': ${wanted}}`,
    );
    return;
  }
  if (address.replication === undefined) return;
  const replication = row['replication'] as Readonly<Record<string, string>>;
  const actual = replication[datacenter] ?? replication['replication_factor'];
  if (actual !== undefined && Number(actual) === address.replication) return;
  throw new EngineError(
    `Keyspace ${keyspace} has ${actual ?? 'no'} replicas in ${datacenter}, and replication=${address.replication} asks for others. Change it with ALTER KEYSPACE and repair, or leave the option away.`,
  );
}

const invalid = 0x2200;
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === invalid && error.message.includes('does not exist');
const unauthorized = 0x2100;
const isUnauthorized = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === unauthorized;
