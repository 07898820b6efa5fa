import { errorCatalogue, ParleyError } from '@parley/protocol';
import type { FastifyInstance } from 'fastify';

/** Turns whatever is thrown into the wire's error; what was not foreseen is logged with the request's id and shown as `internal`. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const error = asParleyError(thrown);
    const { status } = errorCatalogue[error.code];
    if (status >= 500 && error.code !== 'draining')
      request.log.error({ err: thrown, code: error.code }, 'request failed');
    if (error.retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(error.retryAfterMs / 1_000));
    return reply.status(status).send({ error: error.toWire() });
  });
  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ error: new ParleyError('not-found').toWire() }));
}

function asParleyError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const status =
    typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? Number(thrown.statusCode) : 500;
  if (status === 413) return new ParleyError('frame-too-large', { cause: thrown });
  if (status >= 400 && status < 500) return new ParleyError('bad-request', { cause: thrown });
  return new ParleyError('internal', { cause: thrown });
}
