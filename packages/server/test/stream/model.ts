import assert from 'node:assert/strict';
import type { ConversationEvent, UserId } from '@parley/protocol';
import type { Person } from './people.ts';

type Role = 'owner' | 'admin' | 'moderator' | 'member' | 'guest';
const might: Record<Role, number> = { owner: 5, admin: 4, moderator: 3, member: 2, guest: 1 };

/**
 * Who may do what, told a second time and in another way than the rules under test: it follows a log event by event and
 * objects to every one that was not its actor's to make at that seq.
 */
export class Model {
  kind: 'direct' | 'group' | 'channel' = 'group';
  archived = false;
  rules = { slowModeMs: 0, readOnly: false, approval: false };
  readonly banned = new Set<UserId>();
  readonly waiting = new Set<UserId>();
  readonly silencedUntil = new Map<UserId, number>();
  readonly lastPosts = new Map<UserId, number>();
  readonly roles = new Map<UserId, Role>();
  /** Authors of messages, with whether the message is gone. */
  readonly messages = new Map<number, { readonly author: UserId; deleted: boolean; hidden: boolean }>();

  take(event: ConversationEvent, actor: Person): void {
    assert.ok(
      this.#isAllowed(event, actor),
      `not allowed: ${JSON.stringify({ event, actor, roles: [...this.roles] })}`,
    );
    this.#apply(event);
    const roles = [...this.roles.values()];
    assert.ok(roles.length === 0 || roles.includes('owner'), `nobody owns it after ${JSON.stringify(event)}`);
  }

  #isAllowed(event: ConversationEvent, { id, serverRole }: Person): boolean {
    if (event.type === 'created') return this.roles.size === 0 && (serverRole !== 'guest' || event.kind === 'direct');
    const own = this.roles.get(id);
    const rules = this.kind === 'channel' && (serverRole === 'admin' || serverRole === 'owner');
    const level = own === undefined ? 0 : might[own];
    const isTalk = this.kind === 'direct';
    const isAtLeast = (role: Role): boolean => level >= might[role];
    const isModerator = !isTalk && (isAtLeast('moderator') || rules);
    const isSilent = (this.silencedUntil.get(id) ?? 0) > event.at;
    const isHeldBack = isSilent || (this.rules.readOnly && !isTalk && !isAtLeast('moderator'));
    if (this.banned.has(id) && !rules) return false;
    if (this.archived && event.type !== 'archived' && !(event.type === 'memberRemoved' && event.how === 'left'))
      return false;
    switch (event.type) {
      case 'posted':
        if (event.mass !== undefined && (isTalk || !isAtLeast(this.kind === 'group' ? 'member' : 'moderator')))
          return false;
        if (isHeldBack || (!isAtLeast('moderator') && this.#isTooSoon(id, event.at))) return false;
        if ((event.mentions ?? []).some((user) => !this.roles.has(user) || user === id)) return false;
        return isAtLeast('guest') && this.#stands(event.replyTo) && this.#stands(event.thread);
      case 'edited':
        if (isHeldBack || this.messages.get(event.target)?.hidden !== false) return false;
        return isAtLeast('guest') && this.#stands(event.target) && this.messages.get(event.target)?.author === id;
      case 'reacted':
        return !isSilent && isAtLeast('guest') && this.#stands(event.target);
      case 'deleted': {
        if (!this.#stands(event.target)) return false;
        const isOwn = this.messages.get(event.target)?.author === id;
        return (isOwn && isAtLeast('guest')) || (!isTalk && (isAtLeast('moderator') || rules));
      }
      case 'pinned':
        if (!this.#stands(event.target)) return false;
        return isTalk ? isAtLeast('guest') : isAtLeast(this.kind === 'group' ? 'member' : 'moderator');
      case 'renamed':
      case 'archived':
        return !isTalk && (isAtLeast('admin') || rules);
      case 'topicSet':
        return isTalk ? isAtLeast('guest') : isAtLeast(this.kind === 'group' ? 'member' : 'moderator') || rules;
      case 'membersAdded':
        if (
          isTalk ||
          event.members.some(({ user }) => this.roles.has(user) || (this.banned.has(user) && event.how !== 'joined'))
        )
          return false;
        if (event.how === 'approved')
          return (
            this.kind === 'channel' &&
            isModerator &&
            event.members.every(({ user, role }) => role === 'member' && this.waiting.has(user))
          );
        if (event.how === 'joined') {
          const [joiner] = event.members;
          const role = this.roles.size === 0 ? 'owner' : 'member';
          const isSelf = event.members.length === 1 && joiner?.user === id && joiner.role === role;
          const isOpen = !this.rules.approval || this.roles.size === 0 || rules;
          return this.kind === 'channel' && isOpen && !this.banned.has(id) && serverRole !== 'guest' && isSelf;
        }
        return (
          isAtLeast('member') &&
          event.members.every(({ role }) => own === 'owner' || role === 'member' || might[role] < level)
        );
      case 'memberRemoved': {
        const target = this.roles.get(event.user);
        if (event.how === 'banned' && event.user === id) return false;
        if (event.how === 'banned' && target === undefined) return isModerator && !this.banned.has(event.user);
        if (isTalk || target === undefined) return false;
        if (event.how === 'left') return event.user === id;
        return rules || own === 'owner' || (isAtLeast('moderator') && level > might[target]);
      }
      case 'roleSet': {
        const target = this.roles.get(event.user);
        if (isTalk || target === undefined) return false;
        return rules || own === 'owner' || (isAtLeast('admin') && level > might[target] && level > might[event.role]);
      }
      case 'hidden':
        return isModerator && this.#stands(event.target) && this.messages.get(event.target)?.hidden !== event.on;
      case 'silenced': {
        const target = this.roles.get(event.user);
        if (!isModerator || event.user === id) return false;
        if (target === undefined) return event.until === 0;
        return rules || own === 'owner' || level > might[target];
      }
      case 'banLifted':
        return isModerator && event.user !== id && this.banned.has(event.user);
      case 'rulesSet':
        return isModerator && (!event.approval || this.kind === 'channel');
      case 'joinRequested':
        return this.kind === 'channel' && this.rules.approval && own === undefined && serverRole !== 'guest';
      case 'joinDeclined':
        return this.waiting.has(event.user) && (isModerator || event.user === id);
    }
  }

  #isTooSoon(user: UserId, at: number): boolean {
    const last = this.lastPosts.get(user);
    return last !== undefined && at < last + this.rules.slowModeMs;
  }

  /** Whether a message that is referred to, if one is, exists and is not deleted. */
  #stands(seq: number | undefined): boolean {
    return seq === undefined || this.messages.get(seq)?.deleted === false;
  }

  #apply(event: ConversationEvent): void {
    switch (event.type) {
      case 'created':
        this.kind = event.kind;
        for (const { user, role } of event.members) this.roles.set(user, role);
        break;
      case 'posted':
        this.messages.set(event.seq, { author: event.actor, deleted: false, hidden: false });
        if (this.rules.slowModeMs > 0) this.lastPosts.set(event.actor, event.at);
        break;
      case 'deleted': {
        const message = this.messages.get(event.target);
        if (message !== undefined) message.deleted = true;
        break;
      }
      case 'archived':
        this.archived = event.on;
        break;
      case 'membersAdded':
        for (const { user, role } of event.members) {
          this.roles.set(user, role);
          this.waiting.delete(user);
        }
        break;
      case 'memberRemoved':
        this.roles.delete(event.user);
        if (event.how === 'banned') this.banned.add(event.user);
        if (event.how === 'banned') this.waiting.delete(event.user);
        break;
      case 'hidden': {
        const message = this.messages.get(event.target);
        if (message !== undefined) message.hidden = event.on;
        break;
      }
      case 'silenced':
        this.silencedUntil.set(event.user, event.until);
        break;
      case 'banLifted':
        this.banned.delete(event.user);
        break;
      case 'rulesSet':
        this.rules = event;
        if (event.slowModeMs === 0) this.lastPosts.clear();
        break;
      case 'joinRequested':
        this.waiting.add(event.actor);
        break;
      case 'joinDeclined':
        this.waiting.delete(event.user);
        break;
      case 'roleSet':
        this.roles.set(event.user, event.role);
    }
  }
}
