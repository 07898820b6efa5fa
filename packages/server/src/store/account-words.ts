import type { Account } from './port.ts';

/** Names are unique, found and sorted without regard to case. */
export const nameKey = (name: string): string => name.toLowerCase();

/** What of an account is searched: name and display name, each word after a space. */
export const searchText = ({ name, displayName }: Pick<Account, 'name' | 'displayName'>): string =>
  ` ${name} ${displayName}`.toLowerCase();

/** A search as it is compared. */
export const searchKey = (text: string): string => text.trim().toLowerCase();

/** The searched text from each of its words on: what a search may be the start of. */
export function wordsOf(account: Pick<Account, 'name' | 'displayName'>): string[] {
  const text = searchText(account);
  const words = new Set<string>();
  for (let index = text.indexOf(' '); index !== -1; index = text.indexOf(' ', index + 1)) {
    const word = text.slice(index + 1);
    if (word !== '' && !word.startsWith(' ')) words.add(word);
  }
  return [...words];
}

/** Whether a word of the account starts with the search. */
export const isFoundBy = (account: Pick<Account, 'name' | 'displayName'>, search: string): boolean =>
  search === '' || searchText(account).includes(` ${search}`);
