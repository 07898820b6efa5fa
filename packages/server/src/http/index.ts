import fastifyCookie from '@fastify/cookie';
import { isInScope, needOfRequest, ParleyError } from '@parley/protocol';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Registry } from 'prom-client';
import { networkOf } from '../accounts/guesses.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/index.ts';
import type { GatewayPort, Principal } from '../gateway/port.ts';
import { socketIoPath } from '../gateway/socket-io/index.ts';
import type { RateSource } from '../limits/shared-rates.ts';
import type { Moderation } from '../moderation/index.ts';
import type { Reads } from '../reads/index.ts';
import { auditRequests } from './audited.ts';
import {
  cookieNameFor,
  isOfOldName,
  isOriginAllowed,
  isServedByTls,
  type Presented,
  tokenOf,
} from './authentication.ts';
import { answerErrors } from './errors.ts';
import { metricsRoute } from './metrics.ts';
import { type AccountRoutes, accountRoutes, publicAccountRoutes } from './routes/accounts.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { emailRoutes, publicEmailRoutes } from './routes/email.ts';
import { moderationRoutes } from './routes/moderation.ts';
import { oneTimeCodeRoutes, secondStepRoutes } from './routes/one-time-codes.ts';
import { passkeyRoutes, publicPasskeyRoutes } from './routes/passkeys.ts';
import { type PersonalRoutes, personalRoutes } from './routes/personal.ts';
import { publicSsoRoutes, ssoRoutes } from './routes/single-sign-on.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { openServer } from './server.ts';
import { serveWeb } from './static.ts';
import type { TlsMaterial } from './tls.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly version: string;
  readonly accounts: Accounts;
  readonly gateway: GatewayPort;
  readonly reads: Reads;
  readonly moderation: Moderation;
  /** Where limits are counted. */
  readonly rates: RateSource;
  readonly audit: Audit;
  readonly refusals: Refusals;
  /** All that is kept of somebody, in lines of JSON. */
  readonly exportOf: PersonalRoutes['exportOf'];
  readonly deletionOf: PersonalRoutes['deletionOf'];
  readonly clock: Clock;
  readonly metrics: Pick<Registry, 'contentType' | 'metrics'>;
  readonly log: FastifyBaseLogger;
  /** The built web client. */
  readonly webRoot: string;
  /** Rejects with the reason why this node should get no traffic. */
  readonly checkReady: () => Promise<void>;
  /** Certificate and key, where the server speaks HTTPS itself. */
  readonly tls: TlsMaterial | undefined;
}

const cookieSeconds = 30 * 86_400;
const apiPrefix = '/api/v1';

/** The HTTP side: REST, health, metrics and the web client, on one server that the gateway's WebSockets share. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const {
    config,
    accounts,
    gateway,
    reads,
    moderation,
    rates,
    audit,
    refusals,
    exportOf,
    deletionOf,
    metrics,
    log,
    webRoot,
    tls,
  } = options;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 96 * 1024,
    trustProxy: config.trustProxy,
    forceCloseConnections: true,
    serverFactory: (handler) => openServer(tls, handler),
  });
  answerErrors(app);
  // For answers that are no page: a browser shows none of them as one. The web client's files have a policy of their own.
  app.addHook(
    'onRequest',
    async (_request, reply) =>
      void reply.headers({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      }),
  );
  if (isServedByTls(config)) {
    // A year, as browsers' preload lists ask for; without subdomains, which may be somebody else's.
    app.addHook(
      'onSend',
      async (_request, reply) => void reply.header('strict-transport-security', 'max-age=31536000'),
    );
  }
  await app.register(fastifyCookie);
  const principals = new WeakMap<FastifyRequest, Principal>();
  const shown = new WeakMap<FastifyRequest, Presented>();
  // Guessing passwords and names: 60 at once from one address, then one a second.
  const strangers = rates.limit('strangers', { perSecond: 1, burst: 60 });
  const people = rates.limit('requests', { perSecond: config.ratePerSecond, burst: config.rateBurst });

  const isSecure = (request: FastifyRequest): boolean => isServedByTls(config) || request.protocol === 'https';
  const routes: AccountRoutes = {
    accounts,
    gateway,
    principal(request) {
      const principal = principals.get(request);
      if (principal === undefined) throw new ParleyError('unauthenticated');
      return principal;
    },
    presented(request) {
      const presented = shown.get(request);
      if (presented === undefined) throw new ParleyError('unauthenticated');
      return presented;
    },
    setCookie: (reply: FastifyReply, token: string) => {
      const secure = isSecure(reply.request);
      void reply.setCookie(cookieNameFor(secure), token, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure,
        maxAge: cookieSeconds,
      });
    },
    clearCookie: (reply: FastifyReply) => {
      const secure = isSecure(reply.request);
      void reply.clearCookie(cookieNameFor(secure), { path: '/', secure });
    },
  };

  const refuseForeign = (request: FastifyRequest): void => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (!isOriginAllowed(request.headers.origin, request.headers.host, config)) {
      throw new ParleyError('forbidden', { message: 'This page may not act for you.' });
    }
  };
  const limited = (waitMs: number): void => {
    if (waitMs > 0) throw new ParleyError('rate-limited', { retryAfterMs: waitMs });
  };

  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async () => {
    await options.checkReady();
    return { ok: true };
  });
  app.get('/version', () => ({ version: options.version }));
  if (config.socketIo) {
    // What its official server says to a transport it does not speak (code 0), with what mends it.
    const message = 'Long polling is not served here. Set the option transports to ["websocket"].';
    app.all(socketIoPath, (_request, reply) => reply.status(400).send({ code: 0, message }));
  }
  metricsRoute(app, metrics, config.metricsToken);

  // A process without the role still tells how it is.
  if (!config.roles.includes('http')) return app;
  await app.register(
    async (api) => {
      api.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
      const principalOf = (request: FastifyRequest): Principal | undefined => principals.get(request);
      auditRequests(api, { audit, refusals, accounts, prefix: apiPrefix, principalOf });
      api.get('/server', async () => ({
        name: config.name,
        version: options.version,
        registration: config.registration,
        hasOwner: await accounts.hasOwner(),
        resetsByMail: accounts.emails.canSend,
        ...(config.oidcIssuer === undefined ? {} : { singleSignOn: config.oidcName }),
      }));
      await api.register(async (open) => {
        open.addHook('onRequest', async (request) => {
          refuseForeign(request);
          limited(strangers.charge(networkOf(request.ip)));
        });
        publicAccountRoutes(open, routes);
        secondStepRoutes(open, routes);
        publicPasskeyRoutes(open, routes);
        publicSsoRoutes(open, { ...routes, audit, isSecure });
        publicEmailRoutes(open, { ...routes, audit });
      });
      await api.register(async (signedIn) => {
        signedIn.addHook('onRequest', async (request, reply) => {
          const presented = tokenOf(request.headers, isSecure(request));
          const principal = presented === undefined ? undefined : await accounts.sessions.authenticate(presented.token);
          if (presented === undefined || principal === undefined) throw new ParleyError('unauthenticated');
          if (presented.isOldName && !isOfOldName(principal)) throw new ParleyError('unauthenticated');
          // Known from here on, so that the audit log can name whoever is refused.
          principals.set(request, principal);
          if (presented.isCookie) refuseForeign(request);
          refuseBeyondScope(request, principal);
          limited(people.charge(principal.user));
          if (presented.isOldName) {
            routes.setCookie(reply, presented.token);
            void reply.clearCookie(cookieNameFor(false), { path: '/' });
          }
          shown.set(request, presented);
        });
        accountRoutes(signedIn, routes);
        tokenRoutes(signedIn, routes);
        oneTimeCodeRoutes(signedIn, routes);
        passkeyRoutes(signedIn, routes);
        ssoRoutes(signedIn, { ...routes, audit, isSecure });
        emailRoutes(signedIn, { ...routes, audit });
        personalRoutes(signedIn, { ...routes, audit, rates, exportOf, deletionOf });
        moderationRoutes(signedIn, { accounts, audit, moderation, reads, principal: routes.principal });
        conversationRoutes(signedIn, { reads, gateway, principal: routes.principal });
      });
    },
    { prefix: apiPrefix },
  );
  await app.register((site) => serveWeb(site, webRoot));
  return app;
}

function refuseBeyondScope({ method, routeOptions }: FastifyRequest, { scopes }: Principal): void {
  const need = needOfRequest(method, (routeOptions.url ?? '').slice(apiPrefix.length));
  if (isInScope(scopes, need)) return;
  throw new ParleyError('forbidden', {
    message: need === 'session' ? 'No service token may do this.' : `This token lacks the scope “${need}”.`,
  });
}
