import * as schemas from '@parley/protocol/schemas';
import { z } from 'zod';
import { moderationRoutes } from './routes-moderation.ts';
import { signInRoutes } from './routes-sign-in.ts';

/** One REST call under `/api/v1`, as the page describes it and its test tries it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly what: string;
  /** Whether it can be called without a session. */
  readonly isOpen?: boolean;
  readonly query?: string;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204 | 302;
  readonly answer?: z.ZodType;
  /** Beside what every call may answer. */
  readonly errors?: readonly string[];
}

const page = '`before`, `after` or `around` (one of them, a Seq); `limit` (1 to 200, default 50)';
const eventsQuery = '`after` (Seq, default 0), `limit` (1 to 1,000, default 500)';
const ids = '`ids`: up to 500 UserIds, separated by commas';
const unread = z.object({ marker: schemas.seq, unread: z.int(), mentions: z.int() });

/** Every REST call there is, in the order of a visit. */
export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/server',
    what: 'What server this is, and whether it takes new accounts.',
    isOpen: true,
    status: 200,
    answer: schemas.serverAbout,
  },
  {
    method: 'POST',
    path: '/accounts',
    what: 'Makes an account and signs it in. The first one becomes the owner, whatever the registration.',
    isOpen: true,
    body: schemas.signUp,
    status: 201,
    answer: schemas.signedIn,
    errors: ['name-invalid', 'name-taken', 'weak-password', 'invite-required', 'invite-invalid', 'registration-closed'],
  },
  {
    method: 'POST',
    path: '/sessions',
    what: 'Signs in. Where the account asks for a code of its authenticator app, the answer has status 200 and no session: a `challenge` for the second step, and for how long (`expiresInMs`).',
    isOpen: true,
    body: schemas.signIn,
    status: 201,
    answer: schemas.signedIn,
    errors: ['wrong-credentials'],
  },
  {
    method: 'POST',
    path: '/sessions/code',
    what: 'The second step of signing in. After five wrong codes it has to begin anew.',
    isOpen: true,
    body: schemas.secondStep,
    status: 201,
    answer: schemas.signedIn,
    errors: ['wrong-code', 'link-invalid'],
  },
  {
    method: 'GET',
    path: '/invites/:code',
    what: 'Whether an invitation still works, and who made it.',
    isOpen: true,
    status: 200,
    answer: z.object({ isValid: z.boolean(), invitedBy: z.string().optional() }),
  },
  {
    method: 'POST',
    path: '/passkeys/challenge',
    what: 'What a browser is given to sign in with a passkey (`PublicKeyCredentialRequestOptionsJSON` of WebAuthn). Good for five minutes.',
    isOpen: true,
    status: 200,
    answer: schemas.credentialOptions,
  },
  {
    method: 'POST',
    path: '/sessions/passkey',
    what: 'Signs in with what the browser answered (`AuthenticationResponseJSON`). No code is asked for.',
    isOpen: true,
    body: schemas.passkeySignIn,
    status: 201,
    answer: schemas.signedIn,
    errors: ['passkey-refused'],
  },
  {
    method: 'POST',
    path: '/sso',
    what: 'Where to send a browser to sign in by single sign-on. A cookie goes with it, which it has to bring back.',
    isOpen: true,
    status: 200,
    answer: schemas.ssoBegun,
    errors: ['not-found', 'unavailable'],
  },
  {
    method: 'GET',
    path: '/sso/callback',
    what: 'Where the provider of single sign-on sends the browser back: signs in or links, and sends it on to the web client. What went wrong stands behind the # of that address, as does the challenge where a code is asked for.',
    isOpen: true,
    query: 'what OpenID Connect says',
    status: 302,
  },
  {
    method: 'POST',
    path: '/email/confirmation',
    what: 'Makes the address that a link was mailed to its account’s own.',
    isOpen: true,
    body: schemas.confirmEmail,
    status: 204,
    errors: ['link-invalid', 'email-taken'],
  },
  {
    method: 'POST',
    path: '/password-resets',
    what: 'Mails a link for a new password to an address, if it is an account’s. The answer is the same if not.',
    isOpen: true,
    body: schemas.askPasswordReset,
    status: 204,
    errors: ['no-mail'],
  },
  {
    method: 'POST',
    path: '/password-resets/redemption',
    what: 'Sets a new password by a link, and ends every session and service token of its owner. A link works once, for half an hour when it was mailed, for a day when an administrator made it.',
    isOpen: true,
    body: schemas.redeemPasswordReset,
    status: 204,
    errors: ['link-invalid', 'weak-password'],
  },
  ...signInRoutes,
  { method: 'GET', path: '/me', what: 'Your profile.', status: 200, answer: schemas.profile },
  {
    method: 'PATCH',
    path: '/me',
    what: 'Changes your profile.',
    body: schemas.changeProfile,
    status: 200,
    answer: schemas.profile,
  },
  {
    method: 'POST',
    path: '/invites',
    what: 'Makes an invitation. Guests may not.',
    body: schemas.createInvite,
    status: 201,
    answer: schemas.invite,
    errors: ['forbidden'],
  },
  {
    method: 'GET',
    path: '/invites',
    what: 'Your invitations.',
    status: 200,
    answer: z.object({ invites: z.array(schemas.invite) }),
  },
  {
    method: 'DELETE',
    path: '/invites/:code',
    what: 'Takes one of your invitations back.',
    status: 204,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/users',
    what: 'People: by their ids, or those whose name or display name has a word that begins with a text.',
    query: `${ids}; or \`query\` (text) and \`limit\` (1 to 200, default 20)`,
    status: 200,
    answer: schemas.people,
  },
  {
    method: 'POST',
    path: '/admin/accounts',
    what: 'Makes accounts in bulk, for owners and administrators of the server. Only an owner makes administrators.',
    body: schemas.createAccounts,
    status: 200,
    answer: schemas.createdAccounts,
    errors: ['forbidden', 'name-invalid', 'weak-password'],
  },
  {
    method: 'POST',
    path: '/commands',
    what: 'Sends a command without a socket. The header `Idempotency-Key` holds its cid.',
    body: schemas.restCommand,
    status: 200,
    answer: schemas.restAck,
    errors: ['whatever the command is refused with'],
  },
  {
    method: 'GET',
    path: '/conversations',
    what: 'Your conversations, with what you have not read.',
    status: 200,
    answer: schemas.conversationList,
  },
  {
    method: 'GET',
    path: '/channels',
    what: 'The public channels. Guests see none.',
    status: 200,
    answer: schemas.channelList,
  },
  {
    method: 'GET',
    path: '/conversations/:id',
    what: 'One conversation.',
    status: 200,
    answer: schemas.conversation,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/members',
    what: 'Its members.',
    status: 200,
    answer: schemas.memberList,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/messages',
    what: 'A page of its messages outside threads, as they stand now; the newest without a place.',
    query: page,
    status: 200,
    answer: schemas.messagePage,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/threads/:root',
    what: 'A page of the replies of a thread. The root itself is read as a message.',
    query: page,
    status: 200,
    answer: schemas.messagePage,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/events',
    what: 'Its events, in order: what a socket that watches would have got.',
    query: eventsQuery,
    status: 200,
    answer: schemas.eventPage,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/pins',
    what: 'Its pinned messages.',
    status: 200,
    answer: schemas.messagePage.pick({ messages: true, people: true }),
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/messages/:seq',
    what: 'One message.',
    status: 200,
    answer: schemas.message,
    errors: ['not-found', 'no-such-message'],
  },
  {
    method: 'GET',
    path: '/conversations/:id/unread',
    what: 'What you have not read of it, counted up to 100.',
    status: 200,
    answer: unread,
    errors: ['not-found'],
  },
  {
    method: 'GET',
    path: '/streams/me/events',
    what: 'The events of your own stream, in order.',
    query: eventsQuery,
    status: 200,
    answer: schemas.eventPage,
  },
  {
    method: 'GET',
    path: '/threads',
    what: 'The threads you follow: at most 50, the most recently answered first.',
    status: 200,
    answer: schemas.threadList,
  },
  {
    method: 'GET',
    path: '/mentions',
    what: 'The messages that name you: at most 50, the newest first.',
    status: 200,
    answer: schemas.mentionList,
  },
  {
    method: 'GET',
    path: '/presence',
    what: 'Who is here.',
    query: ids,
    status: 200,
    answer: z.object({ presence: z.array(schemas.presence) }),
  },
  ...moderationRoutes,
];
