/** More names than these are "several people". */
export const maxNamed = 3;

/** "Ann and Ben are typing". */
export function typingText(names: readonly string[]): string {
  if (names.length > maxNamed) return 'Several people are typing';
  if (names.length === 1) return `${names[0] ?? ''} is typing`;
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} are typing`;
}
