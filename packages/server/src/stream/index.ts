/** The rules of a stream, pure: no I/O, no clock. */
export { decide } from './decide.ts';
export { refusedText } from './decide-message.ts';
export { evolve } from './evolve.ts';
export { threadKey } from './evolve-user.ts';
export { followUps } from './follow-ups.ts';
export { directoryEntryOf, headOf, touchesDirectory } from './head.ts';
export { massMentionIn } from './mentions.ts';
export { greaterCid, isBeyond, noCid } from './newest-cid.ts';
export { rowsAfter, rowsNeeded } from './rows.ts';
export { decodeSnapshot, encodeSnapshot, entriesIn, fold } from './snapshot.ts';
export type * from './types.ts';
export { visibleFrom } from './visibility.ts';
