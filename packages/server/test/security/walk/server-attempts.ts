import { type ConversationKind, newConversationId, newUserId, type ServerAction } from '@parley/protocol';
import type { Answer, Stand } from '../../node/stand.ts';
import type { Actor } from './cast.ts';
import { directId } from './scene.ts';

type Attempt = (stand: Stand, actor: Actor) => Promise<string>;

/** What all of them were told. */
const alike = (outcomes: readonly string[]): string => [...new Set(outcomes)].join(', ');
const told = ({ error }: Answer): string => error?.code ?? 'done';
const create =
  (kind: ConversationKind): Attempt =>
  async (stand, actor) => {
    const other = newUserId();
    const stream = kind === 'direct' ? directId(actor.id, other) : newConversationId();
    const named = kind === 'direct' ? {} : { name: 'tea' };
    return told(await stand.command(actor, stream, { type: 'create', kind, members: [other], ...named }));
  };
const makeAccount =
  (serverRole: string): Attempt =>
  async (stand, { token, id }) => {
    const accounts = [{ name: `${serverRole}-of-${id.slice(-12)}`, serverRole }];
    return told(await stand.ask('POST', '/admin/accounts', { token, body: { accounts } }));
  };

/** Tries each action of the server's table. */
export const serverAttempts: Record<ServerAction, Attempt> = {
  createDirect: create('direct'),
  createGroup: create('group'),
  createChannel: create('channel'),
  inviteToServer: async (stand, { token }) => told(await stand.ask('POST', '/invites', { token, body: {} })),
  makeAccounts: makeAccount('member'),
  makeAdministrators: makeAccount('admin'),
  async banAccounts(stand, actor) {
    const { token } = actor;
    const answers = [await stand.ask('GET', '/admin/bans', { token })];
    // Nobody is called so: whoever may ban is told that, and nobody else.
    const banned = await stand.ask('POST', '/admin/bans', { token, body: { user: newUserId() } });
    const lifted = await stand.ask('DELETE', `/admin/bans/${newUserId()}`, { token });
    return alike([
      ...answers.map(told),
      ...[banned, lifted].map(told).map((code) => (code === 'not-found' ? 'done' : code)),
    ]);
  },
  settleReports: async (stand, { token }) => told(await stand.ask('GET', '/admin/reports', { token })),
  async setWords(stand, { token }) {
    const changed = await stand.ask('POST', '/admin/words', { token, body: { words: [] } });
    return alike([told(await stand.ask('GET', '/admin/words', { token })), told(changed)]);
  },
  exportAccounts: async (stand, { token }) => {
    const answer = await stand.ask('GET', `/admin/accounts/${newUserId()}/export`, { token });
    return answer.error?.code === 'not-found' ? 'done' : told(answer);
  },
  deleteAccounts: async (stand, { token }) => {
    const answer = await stand.ask('POST', `/admin/accounts/${newUserId()}/delete`, { token, body: {} });
    return answer.error?.code === 'not-found' ? 'done' : told(answer);
  },
  readAudit: async (stand, { token }) => told(await stand.ask('GET', '/admin/audit', { token })),
  async makeTokens(stand, { token, id }) {
    const other = await stand.signUp(`of-${id.slice(-12)}-${token.length}`);
    const body = { user: other.id, name: 'robot', scopes: ['read'], password: 'a fine pass phrase' };
    return told(await stand.ask('POST', '/admin/tokens', { token, body }));
  },
  async resetPasswords(stand, { token, id }) {
    const other = await stand.signUp(`reset-${id.slice(-12)}-${token.length}`);
    return told(await stand.ask('POST', '/admin/password-resets', { token, body: { user: other.id } }));
  },
  removeFactors: async (stand, { token }) => {
    const body = { user: newUserId(), factors: ['passkeys'] };
    const answer = await stand.ask('POST', '/admin/lost-factors', { token, body });
    return answer.error?.code === 'not-found' ? 'done' : told(answer);
  },
  /** The directory answers everybody signed in; who has no right to it finds it empty. */
  async listChannels(stand, actor) {
    const answer = await stand.ask('GET', '/channels', actor);
    if (answer.error !== undefined) return answer.error.code;
    return (answer.body['channels'] as unknown[]).length > 0 ? 'done' : 'forbidden';
  },
};
