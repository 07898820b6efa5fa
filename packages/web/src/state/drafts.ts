/** Texts begun and not sent, by conversation or thread; kept in this browser. */
const prefix = 'parley.draft.';
/** Drafts kept; the oldest written goes first. */
const maxDrafts = 200;

export const draftKey = (conversation: string, thread?: number): string =>
  `${conversation}${thread === undefined ? '' : `:${thread}`}`;

export const readDraft = (key: string): string => localStorage.getItem(prefix + key) ?? '';

export function writeDraft(key: string, text: string): void {
  localStorage.removeItem(prefix + key);
  if (text.trim() === '') return;
  try {
    localStorage.setItem(prefix + key, text);
  } catch {
    // Storage is full or forbidden: the text is still in the composer.
  }
  const drafts = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  const oldest = drafts[0];
  if (drafts.length > maxDrafts && oldest !== undefined) localStorage.removeItem(oldest);
}

export function forgetDrafts(): void {
  for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
}
