import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { run } from './exec.ts';
import { fetchJars, type JavaProgram, jarsOf, needJava } from './maven.ts';

const program: JavaProgram = {
  name: 'kafka',
  artifacts: ['org.apache.kafka:kafka_2.13:4.1.1', 'org.slf4j:slf4j-simple:1.7.36'],
};

/** One node that is its own controller (KRaft). */
export const kafka: Engine = {
  name: 'kafka',
  port: 19092,
  startWithinMs: 90_000,
  url: (port) => `kafka://127.0.0.1:${port}`,
  install: (say) => fetchJars(program, say),
  async commands({ folder, port }) {
    const settings = join(folder, 'server.properties');
    const data = join(folder, 'data');
    mkdirSync(folder, { recursive: true });
    writeFileSync(settings, settingsOf(port, data));
    const classpath = ['-cp', `${jarsOf(program)}/*`];
    if (!existsSync(join(data, 'meta.properties'))) {
      const format = ['format', '-t', 'cGFybGV5LXRlc3QtbG9nMQ', '-c', settings];
      await run(needJava(), [...classpath, 'kafka.tools.StorageTool', ...format]);
    }
    const heap = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC'];
    const log = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
    return [{ name: 'kafka', file: needJava(), args: [...heap, ...log, ...classpath, 'kafka.Kafka', settings] }];
  },
  async probe(port) {
    // ApiVersions, version 0, correlation 7, no client id; the answer bears the correlation and error 0.
    const answer = await exchange(port, Uint8Array.of(0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 255, 255));
    expectAnswer(answer.length > 10 && answer.readInt32BE(4) === 7 && answer.readInt16BE(8) === 0, answer);
  },
};

const settingsOf = (port: number, data: string): string => `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:${port + 1}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
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
