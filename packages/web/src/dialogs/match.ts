/** How well a name fits what was typed: 0 not at all, more is better. The beginning of a word counts more than its middle. */
export function fit(name: string, query: string): number {
  const text = name.toLowerCase();
  const wanted = query.trim().toLowerCase().replace(/^[#@]/, '');
  if (wanted === '') return 1;
  if (text === wanted) return 5;
  const at = text.indexOf(wanted);
  if (at === 0) return 4;
  if (at > 0) return /[\s._-]/.test(text[at - 1] ?? '') ? 3 : 2;
  return isScattered(text, wanted) ? 1 : 0;
}

/** Whether all letters occur in their order: `gnrl` in "general". Short ones would fit everything. */
function isScattered(text: string, wanted: string): boolean {
  if (wanted.length < 3) return false;
  let at = -1;
  for (const letter of wanted) {
    at = text.indexOf(letter, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** Those that fit, best first; equally good ones stay in their order. */
export const bestOf = <One>(all: readonly One[], query: string, namesOf: (one: One) => readonly string[]): One[] =>
  all
    .map((one) => ({ one, score: Math.max(...namesOf(one).map((name) => fit(name, query))) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ one }) => one);
