import { ParleyError, plainName, type UserId } from '@parley/protocol';
import { nameKey } from '../store/account-words.ts';
import type { RecordStore } from '../store/port.ts';

/**
 * Letters of Cyrillic and Greek that most fonts draw like a Latin one, capital and small: of Unicode's confusables
 * (Technical Standard 39) those that a whole word can be made of. Marks above letters are not folded: José is not Jose.
 */
const twins: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'АаΑα',
    b: 'ВвΒ',
    c: 'Сс',
    d: 'ԁ',
    e: 'ЕеΕ',
    h: 'НһΗ',
    i: 'ІіΙι',
    j: 'Јј',
    k: 'КкΚκ',
    l: 'Ӏӏ',
    m: 'МмΜ',
    n: 'Ν',
    o: 'ОоΟο',
    p: 'РрΡρ',
    q: 'ԛ',
    s: 'Ѕѕ',
    t: 'ТтΤτ',
    u: 'υ',
    v: 'ν',
    w: 'Ԝԝ',
    x: 'ХхΧχ',
    y: 'УуΥ',
    z: 'Ζ',
  }).flatMap(([latin, letters]) => Array.from(letters, (letter) => [letter, latin] as const)),
);

const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
/** Seen by nobody, yet making two texts differ. */
const joiners = /[\p{Cf}\p{Variation_Selector}]/gu;

/** What a name looks like: two names with one skeleton can be taken for each other. */
export const skeletonOf = (name: string): string =>
  Array.from(plainName(name).replace(joiners, ''), (letter) => twins.get(letter) ?? letter)
    .join('')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();

/** The first word whose letters come from two alphabets that share shapes; a name may hold words of several. */
export const mixedWordIn = (name: string): string | undefined =>
  plainName(name)
    .split(/[^\p{L}\p{M}\p{Cf}]+/u)
    .find((word) => scripts.filter((script) => script.test(word)).length > 1);

/** People looked at for one name; those whose names begin alike. */
const maxCandidates = 50;

/**
 * Refuses a name that is shown when it is made to be taken for somebody else's. Only names with letters of another
 * alphabet in Latin's shapes can be: two people may both be called Ada Lovelace, and are told apart by their handles.
 * @throws ParleyError `name-invalid` for a word of mixed alphabets, `name-taken` for a look-alike
 */
export async function refuseLookAlike(store: RecordStore, shown: string, own?: UserId): Promise<void> {
  const mixed = mixedWordIn(shown);
  if (mixed !== undefined)
    throw new ParleyError('name-invalid', {
      message: `“${mixed}” mixes letters of alphabets that look alike. Please write each word in one alphabet.`,
      field: 'displayName',
    });
  const skeleton = skeletonOf(shown);
  if (skeleton === plainName(shown).toLowerCase()) return;
  const found = [
    await store.accountByName(skeleton.replaceAll(' ', '.')),
    ...(await store.findAccounts(skeleton, maxCandidates)),
  ];
  const isTaken = found.some(
    (account) =>
      account !== undefined &&
      account.id !== own &&
      (skeletonOf(account.displayName) === skeleton || nameKey(account.name) === skeleton.replaceAll(' ', '.')),
  );
  if (isTaken)
    throw new ParleyError('name-taken', {
      message: 'This name looks like that of somebody else here. Please choose another one.',
      field: 'displayName',
    });
}
