import type { ConversationCommand } from '@parley/client';

/** What a typed line means. */
export type Input =
  | { readonly type: 'send'; readonly command: ConversationCommand }
  /** Edit one's last message; without a text, it is put on the line to be changed. */
  | { readonly type: 'editLast'; readonly text: string }
  | { readonly type: 'join'; readonly conversation: string }
  /** Make a public channel and go there. */
  | { readonly type: 'create'; readonly name: string }
  | { readonly type: 'list' | 'help' | 'quit' | 'nothing' }
  | { readonly type: 'mistake'; readonly message: string };

export const inputHelp = `Type a line to send it. A line that begins with / is a command:
  /join NAME        go to another conversation; joins a public channel
  /new NAME         make a public channel
  /list             show your conversations and the public channels
  /reply N TEXT     answer message N
  /edit TEXT        change your last message; /edit alone puts it on the line; /edit #N TEXT changes another
  /delete N         delete message N
  /react N EMOJI    react to message N
  /help             this help
  /quit             leave (also Ctrl-D)
  //text            send a line that begins with /`;

const mistake = (message: string): Input => ({ type: 'mistake', message });
const send = (command: ConversationCommand): Input => ({ type: 'send', command });

/** Reads a typed line. */
export function parseInput(typed: string): Input {
  const text = typed.trim();
  if (text === '') return { type: 'nothing' };
  if (!text.startsWith('/')) return send({ type: 'post', text });
  if (text.startsWith('//')) return send({ type: 'post', text: text.slice(1) });
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? [];
  const [, number, after = ''] = /^#?(\d+)\s*(.*)$/s.exec(rest) ?? [];
  const target = Number(number);
  switch (word) {
    case 'help':
    case 'list':
    case 'quit':
      return { type: word };
    case 'join':
      return rest === '' ? mistake('/join takes the name of a conversation.') : { type: 'join', conversation: rest };
    case 'new':
      return rest === '' ? mistake('/new takes the name of the channel.') : { type: 'create', name: rest };
    case 'reply':
      if (number === undefined || after === '') return mistake('/reply takes the number of a message and a text.');
      return send({ type: 'post', text: after, replyTo: target });
    case 'edit':
      if (!rest.startsWith('#')) return { type: 'editLast', text: rest };
      if (number === undefined || after === '') return mistake('/edit #N takes a text.');
      return send({ type: 'edit', target, text: after });
    case 'delete':
      return number === undefined
        ? mistake('/delete takes the number of a message.')
        : send({ type: 'delete', target });
    case 'react':
      if (number === undefined || after === '') return mistake('/react takes the number of a message and an emoji.');
      return send({ type: 'react', target, emoji: after, on: true });
    default:
      return mistake(`There is no command /${word}. /help shows what there is; //${word} sends it as text.`);
  }
}
