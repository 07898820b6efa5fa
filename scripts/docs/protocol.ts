import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  actions,
  conversationKinds,
  errorCatalogue,
  limits,
  may,
  mayOnServer,
  rightsTable,
  roles,
  serverActions,
  serverRoles,
} from '@parley/protocol';
import * as schemas from '@parley/protocol/schemas';
import type { z } from 'zod';
import { type Parts, table } from './markers.ts';
import { routes } from './routes.ts';
import { Shapes } from './shapes.ts';

/** Objects with a table of their own, and what they are. */
const objects: Readonly<Record<string, { readonly schema: z.ZodType; readonly what: string }>> = {
  Error: { schema: schemas.wireError, what: 'What went wrong, in frames and in REST answers.' },
  Head: {
    schema: schemas.head,
    what: 'What is told of a stream that is watched by head. All counters only ever grow.',
  },
  Message: { schema: schemas.message, what: 'A posted message as it stands now.' },
  Profile: { schema: schemas.profile, what: 'A person, as everybody signed in may see them.' },
  Presence: { schema: schemas.presence, what: 'Whether somebody is here.' },
  Device: { schema: schemas.device, what: 'One of your sessions.' },
  ServiceToken: { schema: schemas.serviceToken, what: 'A token for a program.' },
  Invite: { schema: schemas.invite, what: 'A link that lets somebody make an account.' },
  Conversation: { schema: schemas.conversation, what: 'A conversation, as the asker may see it.' },
  ListedConversation: {
    schema: schemas.listedConversation,
    what: "An entry of somebody's list of conversations: a Conversation and these.",
  },
  Member: { schema: schemas.memberEntry, what: 'A member of a conversation.' },
  Thread: { schema: schemas.threadEntry, what: 'An entry of the list of threads somebody follows.' },
};

const named = {
  ...Object.fromEntries(Object.entries(objects).map(([name, { schema }]) => [name, schema])),
  StreamId: schemas.streamId,
  ConversationId: schemas.conversationId,
  UserId: schemas.userId,
  Cid: schemas.cid,
  Seq: schemas.seq,
  Timestamp: schemas.timestamp,
  Role: schemas.role,
  Kind: schemas.conversationKind,
  Scope: schemas.scope,
  Emoji: schemas.emoji,
  Level: schemas.watchLevel,
  Mode: schemas.deliveryMode,
  Signal: schemas.signal,
  Command: schemas.clientCommand,
  Event: schemas.streamEvent,
};

const shapes = new Shapes(named);
const common = ['seq', 'at', 'actor', 'cid'];

/** A line of a table whose first cell is a common field of every event. */
const isCommonRow = (line: string): boolean => common.some((field) => line.startsWith(`| \`${field}\` |`));

/** Events without the fields that every event has. */
function events(schema: z.ZodType): string {
  return shapes
    .union(schema, 'type', '####')
    .split('\n\n')
    .map((block) => {
      const lines = block.split('\n').filter((line) => !isCommonRow(line));
      return lines.length === 2 && lines[0]?.startsWith('|') ? 'No further fields.' : lines.join('\n');
    })
    .join('\n\n');
}

function limitRows(): string[][] {
  const source = readFileSync(join(import.meta.dirname, '../../packages/protocol/src/limits.ts'), 'utf8');
  return Object.entries(limits).map(([name, value]) => {
    const meaning = new RegExp(`/\\*\\*([^*]+)\\*/\\s+${name}:`).exec(source)?.[1]?.trim();
    if (meaning === undefined) throw new Error(`packages/protocol/src/limits.ts does not say what ${name} means.`);
    return [`\`${name}\``, value.toLocaleString('en'), meaning];
  });
}

function rights(): string {
  const cell = (action: (typeof actions)[number], kind: (typeof conversationKinds)[number]): string => {
    const allowed = rightsTable[action][kind];
    const stranger = may(action, kind, undefined) ? ', strangers' : '';
    if (allowed.length === roles.length) return `everybody${stranger}`;
    return allowed.length === 0 ? 'nobody' : `${allowed.join(', ')}${stranger}`;
  };
  return table(
    ['action', ...conversationKinds],
    actions.map((action) => [`\`${action}\``, ...conversationKinds.map((kind) => cell(action, kind))]),
  );
}

function serverRights(): string {
  return table(
    ['action', ...serverRoles],
    serverActions.map((action) => [
      `\`${action}\``,
      ...serverRoles.map((role) => (mayOnServer(action, role) ? 'yes' : 'no')),
    ]),
  );
}

function routeSections(): string {
  return routes
    .map(({ method, path, what, isOpen = false, query, body, status, answer, errors = [] }) => {
      const facts = [
        isOpen ? 'Needs no session.' : undefined,
        query === undefined ? undefined : `Query: ${query}.`,
        `Answers ${status}${answer === undefined ? ' without a body' : ''}.`,
        errors.length === 0
          ? undefined
          : `Refused with: ${errors.map((code) => (code.includes(' ') ? code : `\`${code}\``)).join(', ')}.`,
      ].filter((fact) => fact !== undefined);
      return [
        `#### ${method} \`${path}\``,
        what,
        facts.join(' '),
        ...(body === undefined ? [] : ['Body:', shapes.object(body)]),
        ...(answer === undefined ? [] : ['Answer:', answerOf(answer)]),
      ].join('\n\n');
    })
    .join('\n\n');
}

const answerOf = (answer: z.ZodType): string => {
  const inline = shapes.inline(answer);
  return /^\w+$/.test(inline) ? `${article(inline)} [${inline}](#${inline.toLowerCase()}).` : shapes.object(answer);
};
const article = (noun: string): string => (/^[AEIOU]/.test(noun) ? 'An' : 'A');

function objectSections(): string {
  const isOfConversation = new Set(Object.keys(schemas.conversation.shape).map((field) => `| \`${field}\``));
  return Object.entries(objects)
    .map(([name, { schema, what }]) => {
      const full = shapes.object(schema);
      const shown =
        name === 'ListedConversation'
          ? full
              .split('\n')
              .filter((line) => ![...isOfConversation].some((field) => line.startsWith(`${field} `)))
              .join('\n')
          : full;
      return `#### ${name}\n\n${what}\n\n${shown}`;
    })
    .join('\n\n');
}

/** The generated parts of `docs/protocol.md`. */
export function protocolParts(): Parts {
  return {
    'client-frames': shapes.union(schemas.clientFrame, 't', '####'),
    'server-frames': shapes.union(schemas.serverFrame, 't', '####'),
    signals: shapes.union(schemas.signal, 'type', '####'),
    'conversation-commands': shapes.union(schemas.conversationCommand, 'type', '####'),
    'user-commands': shapes.union(schemas.userCommand, 'type', '####'),
    'conversation-events': events(schemas.conversationEvent),
    'user-events': events(schemas.userEvent),
    routes: routeSections(),
    objects: objectSections(),
    errors: table(
      ['code', 'status', 'worth another try', 'sentence'],
      Object.entries(errorCatalogue).map(([code, { status, retry, sentence }]) => [
        `\`${code}\``,
        String(status),
        retry ? 'yes' : 'no',
        sentence,
      ]),
    ),
    limits: table(['name', 'value', 'what'], limitRows()),
    rights: rights(),
    'server-rights': serverRights(),
  };
}
