import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import type { Engine, PlaceTls } from './engine.ts';
import { exchange, expectAnswer } from './exchange.ts';
import { needProgram } from './exec.ts';

/** The start script itself first: Debian's wrapper on the PATH would become another user. */
const server = ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'];

/** A node with a name and an epmd (Erlang's port mapper) of its own, so that it meets no other RabbitMQ of this machine. */
export const rabbitmq: Engine = {
  name: 'rabbitmq',
  port: 15673,
  startWithinMs: 120_000,
  url: (port) => `amqp://guest:guest@127.0.0.1:${port}`,
  install: (say) => aptInstall([{ programs: server, debian: 'rabbitmq-server' }], say),
  async commands({ folder, port, tls }) {
    mkdirSync(folder, { recursive: true });
    const epmdPort = String(port + 2);
    const settings = join(folder, 'rabbitmq.conf');
    const plugins = join(folder, 'enabled_plugins');
    writeFileSync(settings, settingsOf(port) + (tls === undefined ? '' : tlsSettings(tls)));
    writeFileSync(plugins, '[].\n');
    const env = {
      // The cookie lives there.
      HOME: folder,
      ERL_EPMD_PORT: epmdPort,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `parley${port}@localhost`,
      RABBITMQ_DIST_PORT: String(port + 1),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_CONFIG_FILE: settings,
      RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_LOGS: '-',
      // The script becomes the server, so that the id kept is the server's.
      RUNNING_UNDER_SYSTEMD: 'true',
    };
    return [
      { name: 'epmd', file: needProgram('epmd'), args: ['-port', epmdPort, '-address', '127.0.0.1'] },
      { name: 'rabbitmq', file: needProgram(...server), args: [], env },
    ];
  },
  async probe(port) {
    // The protocol's name and version 0-9-1; the answer is a method frame, Connection.Start.
    const answer = await exchange(port, Buffer.from('AMQP\0\0\x09\x01', 'latin1'));
    expectAnswer(answer[0] === 1 && answer.readUInt32BE(7) === 0x000a_000a, answer);
  },
};

const settingsOf = (port: number): string => `listeners.tcp.1 = 127.0.0.1:${port}
loopback_users.guest = true
log.console.level = warning
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 256MB
`;

const tlsSettings = ({ port, cert, key, ca }: PlaceTls): string => `listeners.ssl.1 = 127.0.0.1:${port}
ssl_options.certfile = ${cert}
ssl_options.keyfile = ${key}
ssl_options.cacertfile = ${ca}
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
`;
