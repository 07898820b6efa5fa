import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { archiveClasses, quickStart } from './class-archive.ts';
import type { Engine, PlaceTls } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { fetchJars, type JavaProgram, jarsOf, needJava } from './maven.ts';

const program: JavaProgram = { name: 'cassandra', artifacts: ['org.apache.cassandra:cassandra-all:5.0.8'] };

export const cassandra: Engine = {
  name: 'cassandra',
  port: 19042,
  startWithinMs: 180_000,
  url: (port) => `cassandra://127.0.0.1:${port}/parley?datacenter=datacenter1`,
  async install(say) {
    await fetchJars(program, say);
    await archiveClasses(cassandra, program, say);
  },
  async commands({ folder, port, tls }) {
    const jars = jarsOf(program);
    const settings = join(folder, 'cassandra.yaml');
    mkdirSync(join(folder, 'triggers'), { recursive: true });
    writeFileSync(settings, settingsOf(port) + (tls === undefined ? '' : tlsSettings(tls, folder)));
    writeFileSync(join(folder, 'logback.xml'), logback);
    const jamm = readdirSync(jars).find((jar) => jar.startsWith('jamm-'));
    return [
      {
        name: 'cassandra',
        file: needJava(),
        args: [
          // A small heap and one collecting thread: a node for tests, beside others on two cores.
          '-Xms256m',
          '-Xmx768m',
          '-XX:+UseSerialGC',
          ...quickStart(program),
          `-javaagent:${join(jars, jamm ?? '')}`,
          ...exported.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
          ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
          '-Djdk.attach.allowAttachSelf=true',
          '-Dio.netty.tryReflectionSetAccessible=true',
          `-Dlogback.configurationFile=${pathToFileURL(join(folder, 'logback.xml')).href}`,
          `-Dcassandra.config=${pathToFileURL(settings).href}`,
          `-Dcassandra.storagedir=${folder}`,
          `-Dcassandra.triggers_dir=${join(folder, 'triggers')}`,
          // One node: nobody to gossip with.
          '-Dcassandra.skip_wait_for_gossip_to_settle=0',
          '-Dcassandra.ring_delay_ms=1000',
          '-Dcassandra.shutdown_announce_in_ms=0',
          '-Dcassandra-foreground=yes',
          // With OpenSSL, 5.0.8 as Maven Central has it loses its place among requests that come in one TLS record.
          '-Dcassandra.disable_tcactive_openssl=true',
          '-cp',
          `${jars}/*`,
          'org.apache.cassandra.service.CassandraDaemon',
        ],
      },
    ];
  },
  async probe(port) {
    // Protocol 4, OPTIONS; the answer is SUPPORTED (6).
    const answer = await exchange(port, Uint8Array.of(4, 0, 0, 0, 5, 0, 0, 0, 0));
    expectAnswer(answer[4] === 6, answer);
  },
};

const settingsOf = (port: number): string => `cluster_name: parley
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
num_tokens: 1
# One node has the only copy: what it answers has to be on the disk. See docs/engines.md.
commitlog_sync: batch
# A conditional write in fewer steps, each of which is on the disk before the next.
paxos_variant: v2
commitlog_segment_size: 8MiB
commitlog_total_space: 256MiB
memtable_heap_space: 128MiB
memtable_offheap_space: 64MiB
key_cache_size: 8MiB
endpoint_snitch: SimpleSnitch
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${port + 1}
native_transport_port: ${port}
start_native_transport: true
auto_snapshot: false
cas_contention_timeout: 5000ms
write_request_timeout: 5000ms
range_request_timeout: 15000ms
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:${port + 1}"
`;

function tlsSettings({ port, cert, key, ca }: PlaceTls, folder: string): string {
  const keystore = join(folder, 'keystore.pem');
  writeFileSync(keystore, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'), { mode: 0o600 });
  return `native_transport_port_ssl: ${port}
client_encryption_options:
  enabled: true
  optional: false
  require_client_auth: true
  ssl_context_factory:
    class_name: org.apache.cassandra.security.PEMBasedSslContextFactory
  keystore: ${keystore}
  truststore: ${ca}
`;
}

const logback = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %-5level [%thread] %logger{20} - %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
  <logger name="org.apache.cassandra.service.CassandraDaemon" level="INFO"/>
</configuration>
`;

/** What Cassandra's own start script opens to it on Java 17. */
const exported = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'java.base/java.lang.ref',
  'java.management/com.sun.jmx.remote.security',
  'jdk.unsupported/sun.misc',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.attach/sun.tools.attach',
];
const opened = [
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/java.nio.charset',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/sun.nio.ch',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.util.jar',
  'jdk.management/com.sun.management.internal',
];
