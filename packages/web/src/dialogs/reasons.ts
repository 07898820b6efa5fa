import type { CreateReport } from '@parley/client';

/** Why a message is reported. */
export const reasons: readonly { readonly reason: CreateReport['reason']; readonly title: string }[] = [
  { reason: 'spam', title: 'Advertising or spam' },
  { reason: 'abuse', title: 'Insults or harassment' },
  { reason: 'illegal', title: 'Against the law' },
  { reason: 'other', title: 'Something else' },
];
