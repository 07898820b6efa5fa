import type { ConversationKind, Role, ServerRole } from '@parley/protocol';
import { newUserId } from '@parley/protocol';
import type { SignedUp, Stand } from '../../node/stand.ts';

/** Somebody of the walk: their role in the conversation at hand, and their rank on the server. */
export interface Actor extends SignedUp {
  readonly label: string;
  /** `undefined`: a stranger, who was a member once where that can be. */
  readonly role: Role | undefined;
  readonly serverRole: ServerRole;
  readonly isSignedOut: boolean;
}

interface Part {
  readonly label: string;
  readonly role?: Role;
  readonly serverRole?: ServerRole;
  readonly isSignedOut?: boolean;
}

const outsiders: readonly Part[] = [
  { label: 'stranger' },
  { label: 'server guest', serverRole: 'guest' },
  { label: 'server admin', serverRole: 'admin' },
  { label: 'server owner', serverRole: 'owner' },
  { label: 'signed-out', isSignedOut: true },
];
const insiders: readonly Part[] = [
  { label: 'owner', role: 'owner' },
  { label: 'admin', role: 'admin' },
  { label: 'moderator', role: 'moderator' },
  { label: 'member', role: 'member' },
  { label: 'guest', role: 'guest' },
  { label: 'server guest who is a member', role: 'member', serverRole: 'guest' },
  { label: 'server admin who is a guest there', role: 'guest', serverRole: 'admin' },
];
/** Both people of a direct conversation own it; there are no other roles. */
const peers: readonly Part[] = [
  { label: 'one of the two', role: 'owner' },
  { label: 'server guest who is one of the two', role: 'owner', serverRole: 'guest' },
];

export const partsOf = (kind: ConversationKind): readonly Part[] =>
  kind === 'direct' ? [...peers, ...outsiders] : [...insiders, ...outsiders];

/** The first account, which owns the server, and the one that sets the scenes. */
export interface Crew {
  readonly root: SignedUp;
  readonly host: SignedUp;
  /** Asks to be let into channels. */
  readonly asker: SignedUp;
}

export async function hire(stand: Stand): Promise<Crew> {
  const root = await stand.signUp('root');
  return { root, host: await stand.signUp('host'), asker: await stand.signUp('asker') };
}

/** Gives parts to people with accounts of their own. */
export async function castOf(stand: Stand, { root }: Crew, prefix: string, parts: readonly Part[]): Promise<Actor[]> {
  const accounts = parts.map(({ serverRole = 'member' }, index) => ({
    name: `${prefix}-${index}`,
    serverRole: serverRole === 'owner' ? 'member' : serverRole,
  }));
  const { body } = await stand.ask('POST', '/admin/accounts', { token: root.token, body: { accounts, tokens: true } });
  const made = body['accounts'] as { user: { id: string }; token: string }[];
  return parts.map(({ label, role, serverRole = 'member', isSignedOut = false }, index) => {
    const account = made[index];
    const own = account === undefined ? { id: newUserId(), token: '' } : { id: account.user.id, token: account.token };
    const { id, token } = serverRole === 'owner' ? root : own;
    return { label, role, serverRole, isSignedOut, id, token: isSignedOut ? '' : token };
  });
}
