import type { StreamEvent, StreamId } from '@parley/client';
import { patiently } from '../replay/patience.ts';
import type { Member } from './workload/member.ts';
import { conversationsOf, type World } from './workload/setup.ts';

const pollMs = 200;

/**
 * Waits until everybody is online, owes nothing and has seen all there is (P3). Resolves to how long it took, or
 * `undefined` when it took longer than `withinMs`.
 */
export async function settled(world: World, withinMs: number): Promise<number | undefined> {
  const begun = performance.now();
  const everybody = [world.host, world.outsider, ...world.members];
  const isQuiet = (): boolean => everybody.every((member) => member.isOnline && member.pending === 0);
  const seesAll = async (): Promise<boolean> => {
    const heads = await headsOf(world).catch(() => undefined);
    if (heads === undefined) return false;
    return everybody.every((member) =>
      [...member.watched].every((stream) => member.lastSeen(stream) >= (heads.get(stream) ?? 0)),
    );
  };
  while (performance.now() - begun < withinMs) {
    if (isQuiet() && (await seesAll())) return Math.round(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return undefined;
}

async function headsOf(world: World): Promise<Map<StreamId, number>> {
  const heads = await Promise.all(
    conversationsOf(world).map(
      async (id) =>
        [id, (await restOf(world.host).events(id, { after: Number.MAX_SAFE_INTEGER, limit: 1 })).head] as const,
    ),
  );
  return new Map(heads);
}

/** Every conversation of the run as the store has it, read by the host, who is a member of each from its first event. */
export async function storedStreams(world: World): Promise<Map<StreamId, readonly StreamEvent[]>> {
  const streams = new Map<StreamId, readonly StreamEvent[]>();
  for (const id of conversationsOf(world)) {
    const events: StreamEvent[] = [];
    for (;;) {
      const page = await patiently(() =>
        restOf(world.host).events(id, { after: events.at(-1)?.seq ?? 0, limit: 1_000 }),
      );
      events.push(...page.events);
      if (page.events.length === 0 || (events.at(-1)?.seq ?? 0) >= page.head) break;
    }
    streams.set(id, events);
  }
  return streams;
}

function restOf(member: Member): NonNullable<Member['rest']> {
  if (member.rest === undefined) throw new Error(`${member.name} is not there to read`);
  return member.rest;
}
