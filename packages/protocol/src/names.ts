/**
 * What a name is cleared of: characters that turn the direction of the text around them, that nobody sees, or that end a
 * line. With them one name looks like another, or changes what stands beside it (Unicode Technical Report 36).
 * Joiners stay: emoji and several scripts are written with them.
 */
const unseen = /[\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb]/gu;

/** A name as it is kept: in composed form (NFKC), nothing in it that cannot be seen. */
export const plainName = (text: string): string => text.normalize('NFKC').replace(unseen, '');

/** A line of text as it is kept: its words as they were written, nothing in it that turns direction. */
export const plainLine = (text: string): string => text.normalize('NFC').replace(/\p{Bidi_Control}/gu, '');
