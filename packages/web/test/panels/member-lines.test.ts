import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MemberEntry, Role, UserId } from '@parley/client';
import { linesOf } from '../../src/panels/member-lines.ts';

const member = (name: string, role: Role): MemberEntry => ({
  user: { id: `u_${name}` as UserId, name, displayName: name, color: 0, status: '', serverRole: 'member' },
  role,
});
const members = [member('Ann', 'member'), member('Ben', 'owner'), member('Cem', 'member'), member('Dot', 'guest')];
const shown = (query: string) =>
  linesOf(members, query, ({ user }) => user.name === 'Cem').map((line) =>
    'heading' in line ? line.heading : line.user.name,
  );

it('groups members by what they may do, who is here first', () => {
  assert.deepEqual(shown(''), ['Owners and admins · 1', 'Ben', 'Members · 2', 'Cem', 'Ann', 'Guests · 1', 'Dot']);
});

it('shows only who answers the search, without empty groups', () => {
  assert.deepEqual(shown('an'), ['Members · 1', 'Ann']);
  assert.deepEqual(shown('nobody'), []);
});
