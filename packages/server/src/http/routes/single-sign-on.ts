import { type ErrorCode, ParleyError } from '@parley/protocol';
import { confirmed } from '@parley/protocol/schemas';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Audit } from '../../audit/index.ts';
import { parse } from '../parse.ts';
import { type AccountRoutes, deviceOf } from './accounts.ts';

export interface SsoRoutes extends AccountRoutes {
  readonly audit: Audit;
  readonly isSecure: (request: FastifyRequest) => boolean;
}

const ticketSeconds = 600;
const byId = z.object({ id: z.string().max(100) });
const cookieFor = (isSecure: boolean): string => (isSecure ? '__Host-parley_sso' : 'parley_sso');

/** Unlike a session, this one has to come along when the provider's page sends the browser back: `Lax`. */
function keepTicket(reply: FastifyReply, ticket: string, secure: boolean): void {
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: ticketSeconds } as const;
  void reply.setCookie(cookieFor(secure), ticket, attributes);
}

/** To the provider, and back. */
export function publicSsoRoutes(app: FastifyInstance, { accounts, audit, setCookie, isSecure }: SsoRoutes): void {
  app.post('/sso', async (request, reply) => {
    const { url, ticket } = await accounts.sso.begin();
    keepTicket(reply, ticket, isSecure(request));
    return { url };
  });
  app.get('/sso/callback', async (request, reply) => {
    const secure = isSecure(request);
    void reply.clearCookie(cookieFor(secure), { path: '/', secure });
    const from = { address: request.ip };
    try {
      const [, query = ''] = request.url.split(/(?=\?)/, 2);
      const { account, isLinking } = await accounts.sso.finish(query, request.cookies[cookieFor(secure)]);
      if (isLinking) {
        audit.record({ act: 'credential.added', actor: account.id, from, detail: { type: 'sso' } });
        return await reply.redirect('/');
      }
      const begun = await accounts.letIn(account, deviceOf(request));
      if ('challenge' in begun) return await reply.redirect(`/signin#challenge=${begun.challenge}`);
      setCookie(reply, begun.token);
      audit.record({ act: 'session.started', actor: account.id, from, detail: { by: 'sso' } });
      return await reply.redirect('/');
    } catch (error) {
      const code: ErrorCode = error instanceof ParleyError ? error.code : 'internal';
      request.log[code === 'internal' ? 'error' : 'info']({ err: error, code }, 'single sign-on failed');
      // A person looks at this, not a program.
      return reply.redirect(`/signin#error=${code}`);
    }
  });
}

/** The identities that one’s own account has at the provider. */
export function ssoRoutes(app: FastifyInstance, { accounts, principal, isSecure }: SsoRoutes): void {
  app.get('/sso', async (request) => ({ links: await accounts.sso.list(principal(request).user) }));
  app.post('/sso/link', async (request, reply) => {
    const by = principal(request);
    const { password } = parse(confirmed, request.body ?? {});
    await accounts.confirmed(by, password, request.ip);
    const { url, ticket } = await accounts.sso.begin(by);
    keepTicket(reply, ticket, isSecure(request));
    return { url };
  });
  app.delete('/sso/:id', async (request, reply) => {
    await accounts.unlink(principal(request).user, parse(byId, request.params).id);
    return reply.status(204).send();
  });
}
