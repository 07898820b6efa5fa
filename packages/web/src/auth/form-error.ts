import { ParleyError } from '@parley/client';
import { sentenceOf } from '../state/toasts.ts';

/** What went wrong, and at which field where it is about one. */
export interface FormError {
  readonly field: 'name' | 'password' | undefined;
  readonly text: string;
}

export function formError(error: unknown): FormError {
  const text = sentenceOf(error);
  if (!(error instanceof ParleyError)) return { field: undefined, text };
  switch (error.code) {
    case 'name-taken':
    case 'name-invalid':
      return { field: 'name', text };
    case 'weak-password':
      return { field: 'password', text };
    default:
      return { field: undefined, text };
  }
}
