import { type Command, ParleyError } from '@parley/protocol';
import { massMentionIn, refusedText } from '../stream/index.ts';
import type { SealedWish, Wish } from '../stream/types.ts';
import type { SealingKey } from './data-keys.ts';
import type { Purpose } from './sealed.ts';
import type { Seals } from './seals.ts';

/** Whether a command carries what a person typed. */
export function hasText(command: Command): boolean {
  switch (command.type) {
    case 'post':
    case 'edit':
    case 'create':
    case 'rename':
    case 'setTopic':
    case 'setPreference':
      return true;
    default:
      return false;
  }
}

/**
 * What can be judged of a text only while it can be read, and is: the sequencer sees ciphertext.
 * @throws ParleyError `text-empty` or `text-too-long`
 */
export function judgeText(command: Command): SealedWish {
  if (command.type !== 'post' && command.type !== 'edit') return {};
  const code = refusedText(command.text);
  if (code !== undefined) throw new ParleyError(code, { field: 'command.text' });
  const mass = massMentionIn(command.text);
  return mass === undefined ? {} : { mass };
}

/** A wish whose texts only the keyring opens. An empty name or topic stays what it is: that it is empty is no secret. */
export function sealedWish(seals: Seals, wish: Wish, key: SealingKey, sealed: SealedWish, isShownHere: boolean): Wish {
  const { stream, command } = wish;
  const seal = (purpose: Purpose, text: string, of?: string): string => {
    if (text === '') return '';
    const place = { scope: stream, purpose, ...(of === undefined ? {} : { of }) };
    return seals.seal(place, wish, text, key, isShownHere && (purpose === 'post' || purpose === 'edit'));
  };
  switch (command.type) {
    case 'post':
      return { ...wish, sealed, command: { ...command, text: seal('post', command.text) } };
    case 'edit':
      return { ...wish, sealed, command: { ...command, text: seal('edit', command.text, String(command.target)) } };
    case 'create':
      return {
        ...wish,
        command: {
          ...command,
          ...(command.name === undefined ? {} : { name: seal('name', command.name) }),
          ...(command.topic === undefined ? {} : { topic: seal('topic', command.topic) }),
        },
      };
    case 'rename':
      return { ...wish, command: { ...command, name: seal('name', command.name) } };
    case 'setTopic':
      return { ...wish, command: { ...command, topic: seal('topic', command.topic) } };
    case 'setPreference':
      return {
        ...wish,
        command: { ...command, value: seal('preference', JSON.stringify(command.value), command.key) },
      };
    default:
      return wish;
  }
}
