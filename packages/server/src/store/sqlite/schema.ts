import type { DatabaseSync } from 'node:sqlite';

/** Each entry brings the database from version `index` to `index + 1`. Entries are never changed, only added. */
const migrations: readonly string[] = [
  `
  CREATE TABLE stream (
    no INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL,
    snapshot_seq INTEGER,
    snapshot TEXT
  );
  -- Clustered by (stream, seq): a range of a stream is one range of pages.
  CREATE TABLE event (
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    actor TEXT NOT NULL,
    cid TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
  ) WITHOUT ROWID;
  -- Unique: the last line of defence against a second event for one command.
  CREATE UNIQUE INDEX event_by_cid ON event (stream, cid, actor);
  CREATE TABLE message (
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    actor TEXT NOT NULL,
    thread INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    mass INTEGER NOT NULL DEFAULT 0,
    mentions TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
  ) WITHOUT ROWID;
  CREATE INDEX message_by_thread ON message (stream, thread, seq);
  CREATE TABLE directory (
    conversation TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    archived INTEGER NOT NULL,
    member_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX directory_by_name ON directory (kind, name);
  CREATE TABLE account (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    search_key TEXT NOT NULL,
    color INTEGER NOT NULL,
    status TEXT NOT NULL,
    server_role TEXT NOT NULL,
    password_hash TEXT,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX session_by_user ON session (user);
  CREATE TABLE invite (
    code TEXT PRIMARY KEY,
    created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    conversation TEXT
  ) WITHOUT ROWID;
  CREATE INDEX invite_by_creator ON invite (created_by);
  `,
  `
  CREATE TABLE session_ended (at INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (at, id)) WITHOUT ROWID;
  `,
  `
  CREATE TABLE document (
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, owner, key)
  ) WITHOUT ROWID;
  `,
  // A message's body may be empty from here on: it is its event's. Versions before would not know how to read that.
  '',
  // A snapshot weighs what its members weigh, a megabyte in a room of 15,000: beside the head, every look at the stream read
  // it and every append wrote its row anew.
  `
  CREATE TABLE snapshot (stream INTEGER PRIMARY KEY, seq INTEGER NOT NULL, state TEXT NOT NULL);
  INSERT INTO snapshot SELECT no, snapshot_seq, snapshot FROM stream WHERE snapshot IS NOT NULL;
  ALTER TABLE stream DROP COLUMN snapshot;
  ALTER TABLE stream DROP COLUMN snapshot_seq;
  `,
  // By cid first: most begin with the time, so that what is written at once lies together, whichever streams it is of. And
  // only answers in threads are looked for by thread. Each saves a page of the log for a message of a conversation of its own.
  `
  DROP INDEX event_by_cid;
  CREATE UNIQUE INDEX event_by_cid ON event (cid, actor, stream);
  DROP INDEX message_by_thread;
  CREATE INDEX message_by_thread ON message (stream, thread, seq) WHERE thread > 0;
  `,
];

export const schemaVersion = migrations.length;

/**
 * Brings a database to today's schema.
 * @throws Error when a newer version of Parley has written it
 */
export function migrate(db: DatabaseSync, path: string): void {
  const row = db.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  if (version > schemaVersion) {
    throw new Error(
      `The database ${path} was written by a newer version of Parley (schema ${version}; this one knows ${schemaVersion}). ` +
        'Start that version, or restore a backup made before the upgrade.',
    );
  }
  for (const [index, sql] of migrations.slice(version).entries()) {
    db.exec(`BEGIN; ${sql}; PRAGMA user_version = ${version + index + 1}; COMMIT`);
  }
}
