import { isConversationId, isUserId, type UserId } from '@parley/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Accounts } from '../accounts/index.ts';
import type { Audit, AuditAct, AuditWish } from '../audit/index.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Principal } from '../gateway/port.ts';

/** The act of each REST call that the audit log tells of, once it was done. Those that have more to tell record it themselves. */
export const auditedRoutes: Readonly<Record<string, AuditAct>> = {
  'POST /accounts': 'account.made',
  'POST /sessions': 'session.started',
  'POST /sessions/code': 'session.started',
  'POST /sessions/passkey': 'session.started',
  'DELETE /sessions/current': 'session.ended',
  'DELETE /sessions': 'session.ended',
  'DELETE /sessions/:id': 'session.ended',
  'POST /password': 'password.changed',
  'POST /passkeys': 'credential.added',
  'DELETE /passkeys/:id': 'credential.removed',
  'DELETE /sso/:id': 'credential.removed',
  'POST /one-time-codes/confirmation': 'credential.added',
  'POST /one-time-codes/recovery': 'credential.added',
  'POST /one-time-codes/removal': 'credential.removed',
  'POST /invites': 'invite.made',
  'DELETE /invites/:code': 'invite.deleted',
  'POST /admin/accounts': 'account.made',
  'POST /tokens': 'token.made',
  'POST /admin/tokens': 'token.made',
  'DELETE /tokens/:id': 'token.ended',
};

/** Calls whose answer names who was let in; of others the actor is who asks. */
const lettingIn = new Set(['POST /accounts', 'POST /sessions', 'POST /sessions/code', 'POST /sessions/passkey']);

/** Calls of those who are not in yet, and whose failures are told. */
const signingIn = new Set(['POST /sessions', 'POST /sessions/code', 'POST /sessions/passkey']);

export interface AuditedOptions {
  readonly audit: Audit;
  readonly refusals: Refusals;
  readonly accounts: Accounts;
  readonly prefix: string;
  readonly principalOf: (request: FastifyRequest) => Principal | undefined;
}

/** Notes what is done over REST, what was tried without the right to it, and sign-ins that failed. */
export function auditRequests(
  api: FastifyInstance,
  { audit, refusals, accounts, prefix, principalOf }: AuditedOptions,
): void {
  const forbidden = new WeakSet<FastifyRequest>();
  const letIn = new WeakMap<FastifyRequest, UserId>();
  const routeOf = ({ method, routeOptions }: FastifyRequest): string =>
    `${method} ${(routeOptions.url ?? '').slice(prefix.length)}`;

  api.addHook('preSerialization', async (request, reply, payload) => {
    const user = userIn(payload);
    if (reply.statusCode < 400 && user !== undefined && lettingIn.has(routeOf(request))) letIn.set(request, user);
    if (reply.statusCode === 403 && isForbidden(payload)) forbidden.add(request);
    return payload;
  });
  api.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    const act = auditedRoutes[route];
    const principal = principalOf(request);
    const from = { address: request.ip, session: principal?.session };
    // A command that was refused is told of by the gate, whichever way it came.
    if (forbidden.has(request) && route !== 'POST /commands')
      refusals.note(route, { actor: principal?.user, from, ...aboutWhat(request.params) });
    if (act === undefined) return;
    if (reply.statusCode < 400) {
      const actor = letIn.get(request) ?? principal?.user;
      // Who has shown a password and is asked for more is not in yet.
      if (actor !== undefined) audit.record({ act, actor, from });
    } else if (signingIn.has(route) && reply.statusCode !== 400 && reply.statusCode < 500) {
      // Whose it was, not what was typed: a password ends up in that field now and then.
      const target = await accounts.idByName(nameIn(request.body));
      audit.record({ act: 'session.failed', target, from, detail: { status: reply.statusCode } });
    }
  });
}

function userIn(payload: unknown): UserId | undefined {
  if (typeof payload !== 'object' || payload === null || !('user' in payload) || !('token' in payload))
    return undefined;
  const { user } = payload;
  const id = typeof user === 'object' && user !== null && 'id' in user ? user.id : undefined;
  return typeof id === 'string' && isUserId(id) ? id : undefined;
}

const nameIn = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'name' in body ? String(body.name) : '';

const isForbidden = (payload: unknown): boolean =>
  typeof payload === 'object' &&
  payload !== null &&
  'error' in payload &&
  (payload.error as { readonly code?: unknown }).code === 'forbidden';

/** Whom or what an address names. */
function aboutWhat(params: unknown): Pick<AuditWish, 'conversation' | 'target'> {
  const { id = '', user = '' } = params as { readonly id?: string; readonly user?: string };
  return {
    ...(isConversationId(id) ? { conversation: id } : {}),
    ...(isUserId(user) ? { target: user } : {}),
  };
}
