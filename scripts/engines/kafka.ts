import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { archiveClasses, quickStart } from './class-archive.ts';
import type { Engine, PlaceTls } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { run } from './exec.ts';
import { fetchJars, type JavaProgram, jarsOf, needJava } from './maven.ts';

const newest = '4.1.1';
/** Another version, such as 3.9.1, by `PARLEY_KAFKA_VERSION`; it has data of its own, since an older one cannot read a newer one's. */
const version = env['PARLEY_KAFKA_VERSION'] ?? newest;
const dataFolder = version === newest ? 'data' : `data-${version}`;

const program: JavaProgram = {
  name: 'kafka',
  artifacts: [`org.apache.kafka:kafka_2.13:${version}`, 'org.slf4j:slf4j-simple:1.7.36'],
};

/** One node that is its own controller (KRaft). */
export const kafka: Engine = {
  name: 'kafka',
  port: 19092,
  startWithinMs: 90_000,
  url: (port) => `kafka://127.0.0.1:${port}`,
  async install(say) {
    await fetchJars(program, say);
    await archiveClasses(kafka, program, say);
  },
  async commands({ folder, port, tls }) {
    const settings = join(folder, 'server.properties');
    const data = join(folder, dataFolder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      settings,
      settingsOf(port, data) + (tls === undefined ? plainSettings(port) : tlsSettings(port, tls, folder)),
    );
    const classpath = ['-cp', `${jarsOf(program)}/*`];
    if (!existsSync(join(data, 'meta.properties'))) {
      const users = tls === undefined ? [] : scramUsers;
      const format = ['format', '-t', 'cGFybGV5LXRlc3QtbG9nMQ', '-c', settings, ...users];
      await run(needJava(), [...classpath, 'kafka.tools.StorageTool', ...format]);
    }
    const heap = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', ...quickStart(program)];
    const log = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
    return [{ name: 'kafka', file: needJava(), args: [...heap, ...log, ...classpath, 'kafka.Kafka', settings] }];
  },
  async probe(port) {
    // ApiVersions, version 0, correlation 7, no client id; the answer bears the correlation and error 0.
    const answer = await exchange(port, Uint8Array.of(0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 255, 255));
    expectAnswer(answer.length > 10 && answer.readInt32BE(4) === 7 && answer.readInt16BE(8) === 0, answer);
  },
};

/**
 * A broker that was killed is not let in again before the session of its last life is over, which the controller counts
 * from its own start: 9 s as Kafka comes.
 */
const settingsOf = (port: number, data: string): string => `process.roles=broker,controller
node.id=1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=1000
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:${port + 1}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
log.dirs=${data}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=4194304
`;

const plainSettings = (
  port: number,
): string => `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
`;

/** Whoever signs in by a name, in any of the ways, is `ann` with the password `secret`. */
const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const scramUsers = mechanisms.flatMap((name) => ['--add-scram', `${name}=[name=ann,password=secret]`]);
const login = (name: string): string => `org.apache.kafka.common.security.${name}LoginModule required`;

/** TLS for those with a certificate; right above it TLS for those with a name and a password. */
function tlsSettings(port: number, tls: PlaceTls, folder: string): string {
  const doors = `SSL://127.0.0.1:${tls.port},SASL_SSL://127.0.0.1:${tls.port + 1}`;
  const keystore = join(folder, 'keystore.pem');
  writeFileSync(keystore, readFileSync(tls.key, 'utf8') + readFileSync(tls.cert, 'utf8'), { mode: 0o600 });
  const scram = mechanisms.map(
    (name) => `listener.name.sasl_ssl.${name.toLowerCase()}.sasl.jaas.config=${login('scram.Scram')};`,
  );
  return `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},${doors}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},${doors}
ssl.keystore.type=PEM
ssl.keystore.location=${keystore}
ssl.truststore.type=PEM
ssl.truststore.location=${tls.ca}
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,${mechanisms.join(',')}
listener.name.sasl_ssl.plain.sasl.jaas.config=${login('plain.Plain')} user_ann="secret";
${scram.join('\n')}
`;
}
