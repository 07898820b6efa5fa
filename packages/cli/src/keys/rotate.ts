import { setTimeout as pause } from 'node:timers/promises';
import { type ConversationId, isUserId } from '@parley/protocol';
import type { AuditWish, KeyOperations, Keyring } from '@parley/server';

export interface RotateOptions {
  readonly prepare: boolean;
  readonly rewrap: boolean;
  readonly destroyOld: boolean;
  /** A server that wrapped a new key under the old master key has stored it by then. */
  readonly waitMs: number;
}

/** Who is told: whoever typed the command, and the audit log. */
export interface Told {
  readonly say: (line: string) => void;
  readonly note: (wish: AuditWish) => Promise<void>;
}
type Say = Told['say'];

/** A new master key, and every data key under it. Resolves to the exit code. */
export async function rotate(
  keyring: Keyring,
  operations: KeyOperations,
  { prepare, rewrap, destroyOld, waitMs }: RotateOptions,
  { say, note }: Told,
): Promise<number> {
  if (prepare) {
    const version = await keyring.prepare();
    say(
      `Master key ${version} is in ${lower(keyring.name)} and not used yet. Carry the keyring to every machine, then run 'parley keys rotate'.`,
    );
    return 0;
  }
  const current = rewrap ? (await keyring.versions()).current : await keyring.advance();
  say(`Master key ${current} is current.`);
  await note({ act: 'key.rotated', detail: { current } });
  if (!(await rewrapAll(operations, say))) return 1;
  return destroyOld ? destroy(keyring, operations, current, waitMs, say) : 0;
}

/** Erases the keys of conversations or persons, in the store and, with the old master keys, in every copy of it. Resolves to the exit code. */
export async function eraseAll(
  keyring: Keyring,
  operations: KeyOperations,
  ids: readonly string[],
  { keepMaster, waitMs }: { readonly keepMaster: boolean; readonly waitMs: number },
  { say, note }: Told,
): Promise<number> {
  for (const id of ids) {
    const count = await operations.erase(id, Date.now());
    if (count > 0) await note({ act: 'key.erased', ...about(id), detail: { count } });
    const { length } = await operations.generations(id);
    if (length === 0)
      say(`${id} has no keys: nothing of it is encrypted, or there is no such conversation. Nothing was erased.`);
    else
      say(
        `${id}: ${count} of ${length} keys erased${count < length ? ', the others before' : ''}. Servers forget them within a second.`,
      );
  }
  if (keepMaster) {
    say("Copies of the store still hold the keys, wrapped: they end with 'parley keys rotate --destroy-old'.");
    return 0;
  }
  const current = await keyring.advance();
  say(`Master key ${current} is current.`);
  await note({ act: 'key.rotated', detail: { current } });
  if (!(await rewrapAll(operations, say))) return 1;
  const code = await destroy(keyring, operations, current, waitMs, say);
  if (code === 0)
    say("Make a new 'parley keys backup' now: older ones open nothing any more, and copies of the store need it.");
  return code;
}

/** Whether nothing is left under another master key. */
async function rewrapAll(operations: KeyOperations, say: Say): Promise<boolean> {
  const { rewrapped, damaged } = await operations.rewrapAll();
  say(`${rewrapped} data keys wrapped anew.`);
  for (const scope of damaged)
    say(`A key of ${scope} does not open: it was changed where it is stored, or is of another keyring.`);
  if (damaged.length > 0)
    say("Restore it with 'parley keys restore', then run 'parley keys rotate --rewrap'. No master key was destroyed.");
  return damaged.length === 0;
}

async function destroy(
  keyring: Keyring,
  operations: KeyOperations,
  current: number,
  waitMs: number,
  say: Say,
): Promise<number> {
  const { all } = await keyring.versions();
  if (!all.some((version) => version < current)) {
    say('There is no older master key.');
    return 0;
  }
  // A key that was being made while the master key changed may have been stored after the first pass.
  await pause(waitMs);
  if (!(await rewrapAll(operations, say))) return 1;
  const byHand = await keyring.destroyBelow(current);
  say(byHand ?? `Master keys before ${current} are destroyed.`);
  return 0;
}

const lower = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Whose keys they were: a conversation's or a person's. */
const about = (id: string): Pick<AuditWish, 'conversation' | 'target'> =>
  isUserId(id) ? { target: id } : { conversation: id as ConversationId };
