import { limits, ParleyError } from '@parley/protocol';
import type { z } from 'zod';
import { isTooDeep } from '../nesting.ts';

/**
 * A value in the form a schema asks for.
 * @throws ParleyError `bad-request`, naming the field at fault
 */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  if (isTooDeep(value))
    throw new ParleyError('bad-request', {
      message: `The request nests deeper than ${limits.maxJsonDepth} levels.`,
    });
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw new ParleyError('bad-request', {
    message: `The request is not valid${field === '' ? '' : ` at ${field}`}: ${issue?.message ?? 'unknown form'}.`,
    ...(field === '' ? {} : { field }),
  });
}
