import { randomUUID } from 'node:crypto';
import { Admin, type Connection, Consumer, Producer } from '@platformatic/kafka';
import { certificateFault } from '../../engine-tls.ts';
import { EngineError } from '../../patience.ts';
import type { KafkaSettings } from './url.ts';

/**
 * A request without an answer for so long is given up: a broker that was paused, or a network that swallows. People wait as
 * long; what was taken all the same is stored once, since it is sent again with its number.
 */
const requestTimeoutMs = 5_000;

/** Makes the driver's clients, all with the same address, TLS and credentials. */
export class KafkaClients {
  readonly settings: KafkaSettings;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
  }

  /** For people: never with the password. */
  get engine(): string {
    return `Kafka at ${this.settings.servers.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  admin(): Admin {
    return watched(new Admin({ ...this.#options(), retries: 0 }));
  }

  /** For the log: what is sent again is stored once and in its place. */
  idempotentProducer(): Producer {
    return watched(new Producer({ ...this.#options(), idempotent: true, retries: 3 }));
  }

  /** For inboxes and beats, which may be lost. */
  plainProducer(): Producer {
    return watched(new Producer({ ...this.#options(), retries: 0 }));
  }

  /**
   * A consumer that takes no part in the group's protocol: it fetches what it is told to and commits to the group's
   * offsets, as Kafka lets one do that assigns partitions itself.
   */
  consumer(topics: readonly string[]): Consumer {
    const groupId = `${this.settings.prefix}.sequencers`;
    const consumer = watched(new Consumer({ ...this.#options(), groupId, retries: 0 }));
    consumer.topics.trackAll(...topics);
    consumer.generationId = -1;
    consumer.memberId = '';
    return consumer;
  }

  #options() {
    const { servers, tls, sasl } = this.settings;
    return {
      clientId: `parley-${randomUUID().slice(0, 8)}`,
      bootstrapBrokers: [...servers],
      requestTimeout: requestTimeoutMs,
      timeout: requestTimeoutMs,
      retryDelay: 200,
      ...(tls === undefined ? {} : { tls, tlsServerName: true }),
      ...(sasl === undefined ? {} : { sasl }),
    };
  }
}

const connectionsOf = new WeakMap<Client, Set<Connection>>();
type Client = Admin | Consumer | Producer;

function watched<Kind extends Client>(client: Kind): Kind {
  // Failures reach whoever made the request; the event besides would end the process.
  client.on('error', () => undefined);
  const connections = new Set<Connection>();
  client.connections.on('connecting', ({ connection }) => {
    connections.add(connection);
    // The pool listens for the first error of a connection only, and a second one would end the process.
    connection.on('error', () => undefined);
    connection.once('close', () => connections.delete(connection));
  });
  connectionsOf.set(client, connections);
  return client;
}

/** Ends a client and every connection it made: where one broke and was made anew, the driver's pool may know only one of them. */
export async function closeClient(client: Client): Promise<void> {
  await (client instanceof Admin ? client.close() : client.close(true)).catch(() => undefined);
  for (const connection of connectionsOf.get(client) ?? []) await connection.close().catch(() => undefined);
}

/** Whether this error, or one it was made of, has the property. Errors of several partitions come as one. */
export function hasError(error: unknown, property: string, value: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (Reflect.get(error, property) === value) return true;
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...parts, error.cause].some((part) => hasError(part, property, value));
}

/** Errors that trying again does not mend, said for an operator. */
export function explain(engine: string, error: unknown): unknown {
  const fatal = (message: string): EngineError => new EngineError(`${engine} ${message}`, { cause: error });
  const fault = certificateFault(error);
  if (fault !== undefined) return fatal(fault);
  // Before the general one, under which it comes.
  if (hasError(error, 'apiId', 'UNSUPPORTED_SASL_MECHANISM'))
    return fatal(
      'does not take this way of signing in: set ?sasl= in the URL to plain, scram-sha-256 or scram-sha-512.',
    );
  if (hasError(error, 'code', 'PLT_KFK_AUTHENTICATION') || hasError(error, 'apiId', 'SASL_AUTHENTICATION_FAILED'))
    return fatal('refuses the user or the password in the URL.');
  if (
    hasError(error, 'apiId', 'TOPIC_AUTHORIZATION_FAILED') ||
    hasError(error, 'apiId', 'CLUSTER_AUTHORIZATION_FAILED')
  )
    return fatal('lacks rights for this user: it needs to create, describe, read and write the topics of its prefix.');
  if (hasError(error, 'apiId', 'GROUP_AUTHORIZATION_FAILED'))
    return fatal('lacks rights for this user: it needs to read the consumer group of its prefix.');
  if (hasError(error, 'apiId', 'INVALID_REPLICATION_FACTOR'))
    return fatal('has fewer brokers than ?replicas= in the URL asks for.');
  if (hasError(error, 'message', 'Broker requires TLS.')) return fatal('wants TLS: add ?tls=true to the URL.');
  return error;
}
