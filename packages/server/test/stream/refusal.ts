import { type Command, type ErrorCode, newConversationId, type StreamId } from '@parley/protocol';
import { type Person, people, streamFor } from './people.ts';

export const [ann, bob, cyd, dee, overseer, guest] = people;
export const group = newConversationId();
export const direct = streamFor('direct');
export const named: Extract<Command, { type: 'create' }> = {
  type: 'create',
  kind: 'group',
  name: 'tea',
  members: [bob.id],
};
export type Line = readonly [Person, Command];

export interface Row {
  readonly it: string;
  readonly stream?: StreamId;
  /** What was said before; each is allowed. */
  readonly given?: readonly Line[];
  readonly when: Line;
  readonly code: ErrorCode;
  readonly field?: string;
}

export const made: Line = [ann, named];
export const said: Line = [ann, { type: 'post', text: 'first' }];
export const post = (text: string, more: { replyTo?: number; thread?: number } = {}): Command => ({
  type: 'post',
  text,
  ...more,
});
