import { ParleyError } from '@parley/protocol';
import { auth, Client, errors, type Host, policies, type QueryOptions, types } from 'cassandra-driver';
import { certificateFault } from '../../engine-tls.ts';
import { EngineError } from '../../patience.ts';
import type { CassandraAddress } from './address.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Value = string | number | boolean | null;
export interface Statement {
  readonly query: string;
  readonly params: readonly Value[];
}

/** Rows fetched at a time; further ones while the first are worked on. */
const fetchSize = 1_000;

/** One session with the cluster. What cannot be answered rejects with `unavailable`; what is wrong, with the driver's error. */
export class Connection {
  readonly #client: Client;
  readonly #hosts: Set<Host>;
  readonly #consistency: types.consistencies;
  readonly #serial: types.consistencies;

  constructor(client: Client, { consistency, serial }: CassandraAddress) {
    this.#client = client;
    this.#hosts = new Set(client.hosts.values());
    client.on('hostAdd', (host: Host) => this.#hosts.add(host));
    this.#consistency = levels[consistency];
    this.#serial = levels[serial];
  }

  /** All rows of a query. */
  async all(query: string, ...params: readonly Value[]): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.each(query, ...params)) rows.push(row);
    return rows;
  }

  /** The rows of a query one after another, fetched as they are asked for. */
  async *each(query: string, ...params: readonly Value[]): AsyncGenerator<Row> {
    try {
      const result = await this.#client.execute(query, [...params], this.#options({ isIdempotent: true, fetchSize }));
      for await (const row of result) yield row;
    } catch (error) {
      throw readable(error);
    }
  }

  async one(query: string, ...params: readonly Value[]): Promise<Row | undefined> {
    return (await this.#execute(query, params, { isIdempotent: true })).first() ?? undefined;
  }

  /**
   * A row at the strongest read there is: when a conditional write is under way in its partition, that one is first
   * brought to its end, whichever it is.
   */
  async settled(query: string, ...params: readonly Value[]): Promise<Row | undefined> {
    return (await this.#execute(query, params, { isIdempotent: true, consistency: this.#serial })).first() ?? undefined;
  }

  /** A write that may be repeated without harm. */
  async run(query: string, ...params: readonly Value[]): Promise<void> {
    await this.#execute(query, params, { isIdempotent: true });
  }

  /** Writes to one partition, all or nothing, that may be repeated without harm. */
  async runTogether(statements: readonly Statement[]): Promise<void> {
    if (statements.length > 0) await this.#batch(statements, { isIdempotent: true });
  }

  /**
   * Writes to one partition, of which one has a condition: all or nothing. Never sent twice; after a rejection the
   * outcome is unknown. `row` has the columns of the condition as they are when it does not hold.
   */
  async runIf(...statements: readonly [Statement, ...Statement[]]): Promise<{ isApplied: boolean; row: Row }> {
    const options = { isIdempotent: false, serialConsistency: this.#serial };
    const [only] = statements;
    const result =
      statements.length === 1
        ? await this.#execute(only.query, only.params, options)
        : await this.#batch(statements, options);
    const row = (result.first() ?? {}) as Row;
    return { isApplied: row['[applied]'] === true, row };
  }

  async close(): Promise<void> {
    await this.#client.shutdown();
    // A host that goes and comes back under its address is a new one to the driver, which then forgets to end the old one.
    for (const host of this.#hosts) if ('shutdown' in host && typeof host.shutdown === 'function') host.shutdown(false);
  }

  #options(options: QueryOptions): QueryOptions {
    return { prepare: true, consistency: this.#consistency, ...options };
  }

  async #execute(query: string, params: readonly Value[], options: QueryOptions): Promise<types.ResultSet> {
    try {
      return await this.#client.execute(query, [...params], this.#options(options));
    } catch (error) {
      throw readable(error);
    }
  }

  async #batch(statements: readonly Statement[], options: QueryOptions): Promise<types.ResultSet> {
    try {
      return await this.#client.batch(
        statements.map(({ query, params }) => ({ query, params: [...params] })),
        this.#options({ ...options, logged: false }),
      );
    } catch (error) {
      throw readable(error);
    }
  }
}

/** A number out of a `bigint` column; `undefined` where there is none. */
export const numberOf = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(String(value));
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const levels = {
  LOCAL_QUORUM: types.consistencies.localQuorum,
  QUORUM: types.consistencies.quorum,
  EACH_QUORUM: types.consistencies.eachQuorum,
  ALL: types.consistencies.all,
  SERIAL: types.consistencies.serial,
  LOCAL_SERIAL: types.consistencies.localSerial,
} as const satisfies Record<CassandraAddress['consistency' | 'serial'], types.consistencies>;

/** From here on the codes of the protocol say that the request is wrong, not that the engine cannot. */
const firstCodeOfMistakes = 0x2000;

/** Whether the server answered, and that the request is wrong: asking again would not help. */
export const isMistake = (error: unknown): boolean =>
  error instanceof errors.ResponseError && error.code >= firstCodeOfMistakes;

function readable(error: unknown): unknown {
  if (error instanceof ParleyError || error instanceof TypeError || isMistake(error)) return error;
  return new ParleyError('unavailable', { retryAfterMs: 1_000, cause: error });
}

/**
 * Opens sessions with the cluster: one to look around, then one bound to the data centre. Rejects with the driver's error
 * when no server can be reached.
 * @throws EngineError for wrong credentials, or a data centre that there is not
 */
export async function connect(address: CassandraAddress): Promise<{ client: Client; datacenter: string }> {
  const datacenter = await datacenterOf(address);
  const client = new Client({ ...clientOptions(address), localDataCenter: datacenter });
  await opened(client, address);
  return { client, datacenter };
}

/** The data centre that was asked for, or that of the first server. */
async function datacenterOf(address: CassandraAddress): Promise<string> {
  const client = new Client({
    ...clientOptions(address),
    policies: { loadBalancing: new policies.loadBalancing.RoundRobinPolicy() },
  });
  await opened(client, address);
  try {
    const known = new Set(client.hosts.values().map(({ datacenter }) => datacenter));
    if (address.datacenter !== undefined && !known.has(address.datacenter))
      throw new EngineError(
        `Cassandra has no data centre ${address.datacenter}: it has ${[...known].join(', ')}. Change the option datacenter, or leave it away.`,
      );
    const row = (await client.execute('SELECT data_center FROM system.local')).first();
    return address.datacenter ?? String(row['data_center']);
  } finally {
    await client.shutdown();
  }
}

function clientOptions({ servers, user, password, tls, timeoutMs, pool }: CassandraAddress) {
  return {
    contactPoints: servers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
    ...(user === undefined ? {} : { authProvider: new auth.PlainTextAuthProvider(user, password ?? '') }),
    ...(tls === undefined ? {} : { sslOptions: { ...tls, rejectUnauthorized: true } }),
    pooling: { coreConnectionsPerHost: { [types.distance.local]: pool } },
    socketOptions: { readTimeout: timeoutMs, connectTimeout: timeoutMs },
    // People wait while all servers are away: one that answers again is found within two seconds, and a try costs little.
    policies: { reconnection: new policies.reconnection.ExponentialReconnectionPolicy(250, 1_500, true) },
  };
}

async function opened(client: Client, address: CassandraAddress): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw refusal(error, address) ?? firstOf(error);
  }
}

/** The driver writes whole stacks into its message; what happened at the first server is enough. */
function firstOf(error: unknown): unknown {
  return error instanceof errors.NoHostAvailableError
    ? (Object.values(error.innerErrors as object)[0] ?? error)
    : error;
}

function refusal(error: unknown, { user, servers }: CassandraAddress): EngineError | undefined {
  const inner = error instanceof errors.NoHostAvailableError ? Object.values(error.innerErrors as object) : [error];
  const fault = inner.map((one) => certificateFault(one)).find((one) => one !== undefined);
  if (fault !== undefined) {
    const where = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
    return new EngineError(`Cassandra at ${where} ${fault}`, { cause: error });
  }
  const refused = inner.find((one) => one instanceof errors.AuthenticationError || /authenticat/i.test(String(one)));
  if (refused === undefined) return undefined;
  const who = user === undefined ? 'without a name' : `the name ${user}`;
  return new EngineError(
    `Cassandra refuses ${who}: ${refused instanceof Error ? refused.message : String(refused)}. The address takes cassandra://user:password@host/keyspace.`,
    { cause: error },
  );
}
