import type { Cid, StreamEvent, StreamId } from '@parley/protocol';

/** A post that the server acknowledged. */
export interface Posted {
  readonly stream: StreamId;
  readonly cid: Cid;
  readonly seq: number;
  /** Who posted, and its place among that person's posts in this stream. */
  readonly author: string;
  readonly order: number;
}

/** What one reader saw of the streams, in the order in which it came. */
export interface View {
  readonly name: string;
  readonly streams: ReadonlyMap<StreamId, readonly StreamEvent[]>;
}

export interface Verdict {
  /** Deliveries of acknowledged posts, over all views. */
  readonly delivered: number;
  /** Acknowledged posts that some view lacks. */
  readonly lost: number;
  /** Posts that some view has more than once. */
  readonly duplicated: number;
  /** Places where a view is not dense and ascending, differs from the others, or turns an author's posts round. */
  readonly disordered: number;
  /** The first findings, in words. */
  readonly findings: readonly string[];
}

const maxFindings = 20;

/** Holds every acknowledgement and every view against the promises P1, P2 and P4. */
export function check(acknowledged: readonly Posted[], views: readonly View[]): Verdict {
  const findings: string[] = [];
  const counts = { delivered: 0, lost: 0, duplicated: 0, disordered: 0 };
  const find = (kind: 'lost' | 'duplicated' | 'disordered', what: string): void => {
    counts[kind]++;
    if (findings.length < maxFindings) findings.push(what);
  };
  const agreed = new Map<string, Cid>();
  for (const { name, streams } of views) {
    const seen = new Map<Cid, number>();
    for (const [stream, events] of streams) {
      let expected: number | undefined;
      for (const event of events) {
        if (expected !== undefined && event.seq !== expected)
          find('disordered', `${name} saw ${stream} ${event.seq} where ${expected} belongs`);
        expected = event.seq + 1;
        const place = `${stream} ${event.seq}`;
        const other = agreed.get(place);
        if (other === undefined) agreed.set(place, event.cid);
        else if (other !== event.cid) find('disordered', `${name} saw another event than others at ${place}`);
        if (event.type !== 'posted') continue;
        const earlier = seen.get(event.cid);
        if (earlier === undefined) seen.set(event.cid, event.seq);
        else find('duplicated', `${name} saw ${event.cid} of ${stream} at ${earlier} and ${event.seq}`);
      }
    }
    const lastOf = new Map<string, Posted>();
    for (const post of acknowledged) {
      const seq = seen.get(post.cid);
      if (seq === undefined) find('lost', `${name} lacks ${post.cid} of ${post.stream}, acknowledged at ${post.seq}`);
      else if (post.seq !== 0 && seq !== post.seq)
        find('disordered', `${name} has ${post.cid} at ${seq}, acknowledged at ${post.seq}`);
      else counts.delivered++;
      const author = `${post.stream} ${post.author}`;
      const before = lastOf.get(author);
      if (before !== undefined && seq !== undefined && before.order < post.order && before.seq >= post.seq) {
        find(
          'disordered',
          `${post.author}'s posts ${before.order} and ${post.order} are turned round in ${post.stream}`,
        );
      }
      lastOf.set(author, post);
    }
  }
  return { ...counts, findings };
}
