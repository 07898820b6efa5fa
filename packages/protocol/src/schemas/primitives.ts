import { z } from 'zod';
import {
  type Cid,
  type ConversationId,
  isCid,
  isConversationId,
  isStreamId,
  isUserId,
  type StreamId,
  type UserId,
} from '../ids.ts';
import { limits } from '../limits.ts';
import { plainLine, plainName } from '../names.ts';
import { conversationKinds, roles } from '../rights.ts';

const branded = <Id extends string>(check: (text: string) => text is Id & string, what: string) =>
  z
    .string()
    .max(100)
    .refine(check, { error: `not ${what}` })
    .transform((text) => text);

export const conversationId = branded<ConversationId>(isConversationId, 'the id of a conversation');
export const userId = branded<UserId>(isUserId, 'the id of a user');
export const streamId = branded<StreamId>(isStreamId, 'the id of a stream');
export const cid = branded<Cid>(isCid, 'a command id');

/** A position in a stream; the first event is 1, and 0 stands for "before the first". */
export const seq = z.int().min(0);
export const role = z.enum(roles);
export const conversationKind = z.enum(conversationKinds);
/** Milliseconds since 1970, by the server's clock. */
export const timestamp = z.int().min(0);
/** Emptiness and length are judged by `decide`, which answers with their own codes. */
export const text = z.string().max(limits.maxFrameBytes);
export const conversationName = z.string().overwrite(plainName).trim().min(1).max(limits.maxNameLength);
export const topic = z.string().overwrite(plainLine).trim().max(limits.maxTopicLength);
export const emoji = z.string().min(1).max(limits.maxEmojiLength);
/** A person's handle, unique without regard to case: what is typed after `@` and at sign-in. */
export const accountName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,31}$/);
export const displayName = z.string().overwrite(plainName).trim().min(1).max(limits.maxNameLength);
export const status = z.string().overwrite(plainLine).trim().max(limits.maxStatusLength);
/** One of the avatar colours the web client has a gradient for, 0 to 11. */
export const avatarColor = z.int().min(0).max(11);
