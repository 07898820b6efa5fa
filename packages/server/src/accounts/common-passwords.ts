import { limits, ParleyError } from '@parley/protocol';

/** What stands behind a word so that it passes for a new one: digits and signs. */
const endings = /[\d!?.,_@#$%&*+=-]+$/;

let loading: Promise<string> | undefined;

/**
 * The most common passwords that are long enough to be tried here, 18,000 of them, as one text: 0.2 MB where a set of
 * strings is a whole one. Looking through it takes a tenth of a millisecond, hashing the password two hundred times that.
 */
const commonPasswords = (): Promise<string> =>
  (loading ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const long = (dictionary['passwords-common'] ?? []).map(String).filter(isLongEnough);
    return `\n${long.join('\n')}\n`;
  }));

const isLongEnough = (text: string): boolean => text.length >= limits.minPasswordLength;

/**
 * Refuses what a guesser tries first: too short, on the list of common passwords (whatever its capitals, and with digits or
 * signs behind it), the account's name, or a few characters again and again.
 * @throws ParleyError `weak-password`
 */
export async function refuseWeak(password: string, name: string): Promise<void> {
  const plain = password.toLowerCase();
  const word = plain.replace(endings, '');
  const common = await commonPasswords();
  const isCommon = [plain, word].some((text) => isLongEnough(text) && common.includes(`\n${text}\n`));
  const isName = [plain, word].includes(name.toLowerCase());
  const isShort = !isLongEnough(password) || password.length > limits.maxPasswordLength;
  if (isShort || new Set(password).size < 3 || isCommon || isName)
    throw new ParleyError('weak-password', { field: 'password' });
}
