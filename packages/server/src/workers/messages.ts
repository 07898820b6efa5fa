import type { Config } from '../config/index.ts';

/** What the first process of a server says to one that serves. */
export type ToWorker =
  | { readonly type: 'start'; readonly config: Config; readonly name: string; readonly hub: string }
  | { readonly type: 'stop' };

/** What one that serves says to the first. */
export type FromWorker =
  | { readonly type: 'ready'; readonly url: string; readonly port: number }
  /** It could not begin; the message is fit for an operator. */
  | { readonly type: 'failed'; readonly message: string };
