import { timingSafeEqual } from 'node:crypto';
import { ParleyError } from '@parley/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { isOwnMachine } from '../limits/command-limits.ts';

/**
 * `/metrics` for Prometheus. With a token: for whoever shows it. Without: for this machine, as an agent beside the server asks;
 * not through a proxy on it, which everybody may be behind.
 */
export function metricsRoute(
  app: FastifyInstance,
  metrics: Pick<Registry, 'contentType' | 'metrics'>,
  token: string | undefined,
): void {
  app.get('/metrics', async (request, reply) => {
    if (token === undefined ? !isFromHere(request) : !shows(request, token)) throw new ParleyError('not-found');
    return reply.type(metrics.contentType).send(await metrics.metrics());
  });
}

const isFromHere = ({ ip, headers }: FastifyRequest): boolean =>
  isOwnMachine(ip) && headers['x-forwarded-for'] === undefined && headers['forwarded'] === undefined;

function shows({ headers }: FastifyRequest, token: string): boolean {
  const shown = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (shown === undefined) return false;
  const [given, wanted] = [Buffer.from(shown), Buffer.from(token)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
