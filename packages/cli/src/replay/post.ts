import { type Cid, newCid } from '@parley/client';
import type { Posted } from './check.ts';
import type { ChatLine } from './lines.ts';
import type { ClientPool } from './pool.ts';
import type { Channel, Person } from './setup.ts';

export interface PostOptions {
  readonly pool: ClientPool;
  readonly people: ReadonlyMap<string, Person>;
  /** Resolves when this line may be said. */
  readonly pace: (line: ChatLine) => Promise<void>;
  readonly onSend: (cid: Cid) => void;
  readonly onAcknowledged: (post: Posted) => void;
}

/** Says a channel's lines one after another, each by its own person, answers as answers. */
export async function postChannel({ id, lines }: Channel, options: PostOptions): Promise<void> {
  const seqs = new Map<number, number>();
  const counts = new Map<string, number>();
  for (const line of lines) {
    await options.pace(line);
    const person = options.people.get(line.nick);
    if (person === undefined) throw new Error(`${line.nick} has no account`);
    const replyTo = line.replyTo.map((number) => seqs.get(number)).find((seq) => seq !== undefined);
    const cid = newCid();
    const order = (counts.get(line.nick) ?? 0) + 1;
    counts.set(line.nick, order);
    const { seq } = await options.pool.use(person.token, (client) => {
      options.onSend(cid);
      return client.send(id, { type: 'post', text: line.text, ...(replyTo === undefined ? {} : { replyTo }) }, { cid });
    });
    seqs.set(line.line, seq);
    options.onAcknowledged({ stream: id, cid, seq, author: line.nick, order });
  }
}
