import { type ErrorCode, ParleyError } from '@parley/protocol';
import type { Decision } from './types.ts';

export const refuse = (code: ErrorCode, field?: string): Decision => ({
  type: 'rejected',
  error: new ParleyError(code, field === undefined ? {} : { field }),
});
export const unchanged: Decision = { type: 'unchanged' };
