import { codeGiven, confirmed, confirmedByCode, secondStep } from '@parley/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import { parse } from '../parse.ts';
import type { AccountRoutes } from './accounts.ts';

/** The second step of signing in. */
export function secondStepRoutes(app: FastifyInstance, { accounts, setCookie }: AccountRoutes): void {
  app.post('/sessions/code', async (request, reply) => {
    const signedIn = await accounts.finishSignIn(parse(secondStep, request.body), request.ip);
    setCookie(reply, signedIn.token);
    return reply.status(201).send(signedIn);
  });
}

/** Codes of an authenticator app, for one's own account. */
export function oneTimeCodeRoutes(app: FastifyInstance, { accounts, principal }: AccountRoutes): void {
  app.get('/one-time-codes', (request) => accounts.codes.state(principal(request).user));
  app.post('/one-time-codes', async (request) => {
    const { password } = parse(confirmed, request.body ?? {});
    const { id, name } = await accounts.confirmed(principal(request), password, request.ip);
    return accounts.codes.begin(id, name);
  });
  app.post('/one-time-codes/confirmation', async (request) => {
    const { code } = parse(codeGiven, request.body);
    return { recoveryCodes: await accounts.codes.turnOn(principal(request).user, code, request.ip) };
  });
  app.post('/one-time-codes/recovery', async (request) => {
    const by = principal(request);
    await accounts.confirmByCode(by, parse(confirmedByCode, request.body), request.ip);
    return { recoveryCodes: await accounts.codes.renewRecovery(by.user) };
  });
  app.post('/one-time-codes/removal', async (request, reply) => {
    const by = principal(request);
    await accounts.confirmByCode(by, parse(confirmedByCode, request.body), request.ip);
    await accounts.codes.turnOff(by.user);
    return reply.status(204).send();
  });
}
