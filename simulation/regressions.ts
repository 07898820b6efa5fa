/**
 * Seeds that break a promise where the mend is taken out again, with what they find then. Every run of the first 1,000 seeds
 * has them too; here they stand so that nobody loses them, and with their stories. A seed means a run of the code of its day:
 * after large changes find them anew (take the mend out, run, note the first seed that fails).
 */
export const regressions: readonly { readonly seed: number; readonly found: string }[] = [
  {
    seed: 51,
    found: 'an unwatch undid the watch behind it in the same batch, and a gateway never heard of a stream again',
  },
  { seed: 11, found: 'an append without an answer was stored, and nobody who watched was told' },
  {
    seed: 1615,
    found: 'an owner with a state of before and a row of after found an edit done, and acknowledged it at another seq',
  },
  { seed: 2, found: 'a member was refused by a room that had not heard of the invitation yet' },
  { seed: 259, found: 'the confirmation of an ended watch was taken for that of the next one' },
  { seed: 99, found: 'a gateway whose clock was set back waited an hour before it told again what it watches' },
  { seed: 119, found: 'a badge went back, because the answer to a watch carried the head of when it was asked' },
  { seed: 13, found: 'a read judged the right at one head and went on to a later one' },
  {
    seed: 277,
    found: 'an owner began its numbers anew for a gateway that had been away, and what was lost then went unnoticed',
  },
  { seed: 15, found: 'one frame carried a whole flood, and a stalled socket held it' },
  {
    seed: 388,
    found: 'a late effect of an earlier membership brought a conversation back into the list of somebody who had left',
  },
  { seed: 1191, found: 'somebody removed and invited again while their watch waited saw what lay between' },
];
