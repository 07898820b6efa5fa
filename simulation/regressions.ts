/**
 * Seeds that broke a promise, with what they found. A seed means a run of the code of its day (the first twelve are from before
 * steps became immediates, the next three from before runs encrypted): run again it is one more run, no more likely to find the
 * same. The stories are what is kept; most showed at least once in 2,000 seeds. The mends from 4686 on have tests of their own
 * beside the code, in `packages/server/test/sequencer` and `gateway`.
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
  {
    seed: 4686,
    found:
      'a command that a replaced owner had just stored was answered from the state before it, and its effects were dropped',
  },
  {
    seed: 125,
    found:
      'an append without an answer stored a removal that its sender had been told was refused, and nobody took the conversation off the list',
  },
  { seed: 673, found: 'a beat with what waited for its flush passed for the lost message before it' },
  {
    seed: 2028,
    found:
      'a gateway that had stood still told a client whose hello lay in its buffers that it was not signed in, and the client signed out for good',
  },
  {
    seed: 17,
    found:
      'the answer to the watch of a badge came after the same conversation was asked for in full, and the client skipped what lay between',
  },
  {
    seed: 47,
    found:
      'an owner that was replaced stored what its successor had refused, and died of it: somebody was put in or out, and their list said otherwise',
  },
  {
    seed: 1150,
    found:
      'a node that had not heard of somebody’s second invitation ended their watch at the removal before it, although they had seen what followed',
  },
  {
    seed: 3497,
    found:
      'an owner that was replaced stored a join that its successor had found done, before the leave in between, and died of it: nobody looked for it, and the list lacked the conversation for good',
  },
  {
    seed: 8432,
    found:
      'an owner that was replaced stored a removal that its successor had refused, and died of it: those removed had the conversation in their list until somebody looked again, up to a minute later',
  },
  {
    seed: 5930,
    found:
      'the checker took a command that was stored before its device lost the outbox, and sent again afterwards, for one that was out of turn',
  },
  {
    seed: 1724,
    found:
      'the checker held a refusal against the state when the command was sent again, and not when it was sent: whoever did not read was told late',
  },
];
