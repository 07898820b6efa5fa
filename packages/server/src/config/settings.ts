import { z } from 'zod';
import { brokerSchemes } from '../broker/registry.ts';
import { cacheSchemes } from '../cache/registry.ts';
import { keyringSchemes } from '../encryption/keyring/registry.ts';
import { storeSchemes } from '../store/registry.ts';

/** One setting: its flag is `--name` in kebab case, its key in the file the name itself. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  readonly env: string;
  readonly value: string;
  readonly help: string;
}

const setting = <Schema extends z.ZodType>(
  env: string,
  value: string,
  help: string,
  schema: Schema,
): Setting<Schema> => ({
  schema,
  env,
  value,
  help,
});
/** Digits, or a number in the file. Coercion would take an empty text for 0 and `true` for 1. */
const number = (min: number, max: number) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d+(?:\.\d+)?$/)
          .transform(Number),
      ],
      { error: 'not a number' },
    )
    .pipe(z.number().int('not a whole number').min(min, `less than ${min}`).max(max, `more than ${max}`));
const engine = (kind: string, known: readonly string[]) =>
  z.string().refine((url) => known.some((scheme) => url.startsWith(scheme)), {
    error: `no ${kind} that is known here; it must begin with one of: ${known.join(', ')}`,
  });

/** What one process may do; a cluster may give each to processes of their own. */
const roles = ['gateway', 'sequencer', 'http'] as const;

/** Every setting there is. Flags, environment, file, defaults and `--help` all come from here. */
export const settings = {
  port: setting(
    'PORT',
    'NUMBER',
    'Port for the web client, the API and WebSockets; 0 takes any free one.',
    number(0, 65_535).default(3000),
  ),
  host: setting(
    'PARLEY_HOST',
    'ADDRESS',
    'Address to listen on; 127.0.0.1 for this machine only.',
    z.string().min(1).default('0.0.0.0'),
  ),
  data: setting('PARLEY_DATA', 'FOLDER', 'Folder for everything that is kept.', z.string().min(1).default('./data')),
  name: setting('PARLEY_NAME', 'TEXT', 'What this server is called.', z.string().min(1).max(64).default('Parley')),
  registration: setting(
    'PARLEY_REGISTRATION',
    'MODE',
    'Who may make an account: open (anybody), invite (with an invitation) or closed. The first account is always possible and becomes the owner.',
    z.enum(['open', 'invite', 'closed'], { error: 'must be one of: open, invite, closed' }).default('invite'),
  ),
  publicUrl: setting(
    'PARLEY_PUBLIC_URL',
    'URL',
    'Address people use; for invitations, cookies and checking origins. Default: http://localhost:PORT.',
    z.url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' }).optional(),
  ),
  tlsCert: setting(
    'PARLEY_TLS_CERT',
    'FILE',
    'Certificate in PEM form, with its chain: the server speaks HTTPS itself. Read again when the file changes.',
    z.string().min(1).optional(),
  ),
  tlsKey: setting(
    'PARLEY_TLS_KEY',
    'FILE',
    'Private key of the certificate, in PEM form without a passphrase.',
    z.string().min(1).optional(),
  ),
  smtpUrl: setting(
    'PARLEY_SMTP_URL',
    'URL',
    'Mail server for new passwords and for proving addresses: smtps://USER:PASSWORD@HOST or smtp://HOST:PORT; better file:PATH of a file that holds it. Default: no mail.',
    z
      .string()
      .regex(/^(smtps?:\/\/|file:)./, 'must begin with smtps://, smtp:// or file:')
      .optional(),
  ),
  mailFrom: setting(
    'PARLEY_MAIL_FROM',
    'ADDRESS',
    'Whom mail comes from: "Parley <parley@example.org>".',
    z.string().min(3).max(320).optional(),
  ),
  oidcIssuer: setting(
    'PARLEY_OIDC_ISSUER',
    'URL',
    'OpenID provider for single sign-on, as it names itself: https://id.example.org. Default: none.',
    z.url({ protocol: /^https?$/, error: 'must be a URL that begins with https://' }).optional(),
  ),
  oidcClientId: setting(
    'PARLEY_OIDC_CLIENT_ID',
    'TEXT',
    'What the provider calls this server.',
    z.string().min(1).optional(),
  ),
  oidcClientSecret: setting(
    'PARLEY_OIDC_CLIENT_SECRET',
    'SECRET',
    'The secret the provider gave for it; better file:PATH of a file that holds it. Default: none, PKCE alone.',
    z.string().min(1).optional(),
  ),
  oidcName: setting(
    'PARLEY_OIDC_NAME',
    'TEXT',
    'What the button to sign in this way says.',
    z.string().min(1).max(64).default('single sign-on'),
  ),
  oidcSignUp: setting(
    'PARLEY_OIDC_SIGN_UP',
    'BOOLEAN',
    'Whether whoever the provider knows gets an account. Where registration is open they do anyway.',
    z.union([z.stringbool(), z.boolean()], { error: 'must be true or false' }).default(false),
  ),
  partitions: setting(
    'PARLEY_PARTITIONS',
    'NUMBER',
    'Partitions of the command log; fixed at installation.',
    number(1, 1024).default(64),
  ),
  broker: setting(
    'PARLEY_BROKER',
    'URL',
    'Broker: memory:, kafka://HOST,HOST/PREFIX or amqp://USER:PASSWORD@HOST/VHOST.',
    engine('broker', brokerSchemes).default('memory:'),
  ),
  store: setting(
    'PARLEY_STORE',
    'URL',
    'Store: sqlite:PATH, cassandra://HOST/KEYSPACE or mongodb://HOST/DATABASE. Default: parley.db in the data folder.',
    engine('store', storeSchemes).optional(),
  ),
  cache: setting(
    'PARLEY_CACHE',
    'URL',
    'Cache: memory:, redis://HOST or memcached://HOST,HOST.',
    engine('cache', cacheSchemes).default('memory:'),
  ),
  keyring: setting(
    'PARLEY_KEYRING',
    'URL',
    'Keyring for encryption at rest: file:PATH, env:NAME or vault:https://HOST:8200/MOUNT/KEY (see parley keys --help). Without one, texts are stored as they are. Once set, it has to stay set.',
    engine('keyring', keyringSchemes).optional(),
  ),
  roles: setting(
    'PARLEY_ROLES',
    'LIST',
    'What this process does: gateway (WebSockets), sequencer (orders and stores), http (API and web client); separated by commas.',
    z
      .string()
      .transform((text) => text.split(',').map((role) => role.trim()))
      .pipe(
        z
          .array(z.enum(roles, { error: `must be some of: ${roles.join(', ')}` }))
          .min(1, `must be some of: ${roles.join(', ')}`),
      )
      .default([...roles]),
  ),
  workers: setting(
    'PARLEY_WORKERS',
    'NUMBER',
    'Processes that serve clients, on the embedded engines of one more that orders and stores; 1 does everything in one process.',
    number(1, 64).default(1),
  ),
  ratePerSecond: setting(
    'PARLEY_RATE_PER_SECOND',
    'NUMBER',
    'Commands an account may send in the long run, each second.',
    number(1, 100_000).default(50),
  ),
  rateBurst: setting(
    'PARLEY_RATE_BURST',
    'NUMBER',
    'Commands an account may send at once.',
    number(1, 1_000_000).default(500),
  ),
  socketsPerAddress: setting(
    'PARLEY_SOCKETS_PER_ADDRESS',
    'NUMBER',
    'Sockets open at once on this node from one address; of this machine itself, as many as come. Behind a proxy, set --trust-proxy.',
    number(1, 1_000_000).default(1_000),
  ),
  socketsPerAccount: setting(
    'PARLEY_SOCKETS_PER_ACCOUNT',
    'NUMBER',
    'Sockets open at once on this node of one account: tabs, devices, programs.',
    number(1, 1_000_000).default(100),
  ),
  metricsToken: setting(
    'PARLEY_METRICS_TOKEN',
    'TEXT',
    'Answer /metrics to whoever shows this token (Authorization: Bearer TOKEN). Default: to this machine only.',
    z.string().min(16, 'shorter than 16 characters').optional(),
  ),
  trustProxy: setting(
    'PARLEY_TRUST_PROXY',
    'BOOLEAN',
    'Believe X-Forwarded-For and X-Forwarded-Proto; only behind a proxy that sets them.',
    z.union([z.stringbool(), z.boolean()], { error: 'must be true or false' }).default(false),
  ),
  allowedOrigins: setting(
    'PARLEY_ALLOWED_ORIGINS',
    'LIST',
    'Further origins whose pages may connect, separated by commas.',
    z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((origin) => origin.trim())
          .filter((origin) => origin !== ''),
      )
      .default([]),
  ),
  socketIo: setting(
    'PARLEY_SOCKET_IO',
    'BOOLEAN',
    'Serve the official clients of Socket.IO too, at /socket.io/, by WebSocket only. Costs nothing while nobody uses it.',
    z.union([z.stringbool(), z.boolean()], { error: 'must be true or false' }).default(true),
  ),
  auditKeepDays: setting(
    'PARLEY_AUDIT_KEEP_DAYS',
    'NUMBER',
    'Days that entries of the audit log are kept; older ones are deleted, day by day. 0 keeps them for ever.',
    number(0, 36_500).default(0),
  ),
  drainMs: setting(
    'PARLEY_DRAIN_MS',
    'MILLISECONDS',
    'Longest time for a graceful stop.',
    number(0, 60_000).default(8_000),
  ),
  logLevel: setting(
    'PARLEY_LOG_LEVEL',
    'LEVEL',
    'trace, debug, info, warn, error or silent.',
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
        error: 'must be one of: trace, debug, info, warn, error, silent',
      })
      .default('info'),
  ),
} as const;

export type SettingName = keyof typeof settings;
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };
