import type { Profile, UserId } from '@parley/client';
import type { Nodes, PhrasingContent, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { type ComponentChild, type ComponentChildren, h } from 'preact';
import { mentionPattern, resolveName } from '../state/mentions.ts';

/** What a text needs to know to be shown: whom its `@names` mean. */
export interface MarkdownContext {
  readonly byName: ReadonlyMap<string, Profile>;
  /** Those the message really names; a name of somebody else is plain text. */
  readonly mentions: readonly UserId[];
  readonly mass: boolean;
  readonly me: UserId | undefined;
}

const safeProtocols = new Set(['http:', 'https:', 'mailto:']);

/** The address, if following it cannot run anything. */
export function safeHref(url: string): string | undefined {
  try {
    const parsed = new URL(url, 'https://relative.invalid');
    return safeProtocols.has(parsed.protocol) && parsed.hostname !== 'relative.invalid' ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

const extensions = [gfmStrikethrough(), gfmAutolinkLiteral()];
const mdastExtensions = [gfmStrikethroughFromMarkdown(), gfmAutolinkLiteralFromMarkdown()];

/** Parsed texts kept: a few screens, so that scrolling back and re-rendering parse nothing. */
const maxParsed = 500;
const parsed = new Map<string, Root>();

/**
 * A line that opens more than eight quotations or lists inside each other. The parser's time grows with the square of
 * their number, and its stack ends: 8,000 of them, which fit in a message, kept a page busy for 15 s before it failed.
 */
const nestsTooDeeply = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){9}/m;

const asWritten = (value: string): Root => ({
  type: 'root',
  children: [{ type: 'paragraph', children: [{ type: 'text', value }] }],
});

export function parse(text: string): Root {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const root = nestsTooDeeply.test(text) ? asWritten(text) : fromMarkdown(text, { extensions, mdastExtensions });
  const oldest = parsed.keys().next().value;
  if (parsed.size >= maxParsed && oldest !== undefined) parsed.delete(oldest);
  parsed.set(text, root);
  return root;
}

/** A message's Markdown as virtual nodes. There is no way from a text to markup but through the cases below. */
export const renderMarkdown = (text: string, context: MarkdownContext): ComponentChild[] =>
  parse(text).children.map((node) => render(node, context));

function render(node: Nodes, context: MarkdownContext): ComponentChild {
  const inside = (): ComponentChildren =>
    'children' in node ? node.children.map((child) => render(child as Nodes, context)) : null;
  switch (node.type) {
    case 'text':
      return withMentions(node.value, context);
    case 'paragraph':
      return h('p', null, inside());
    case 'strong':
      return h('strong', null, inside());
    case 'emphasis':
      return h('em', null, inside());
    case 'delete':
      return h('del', null, inside());
    case 'inlineCode':
      return h('code', null, node.value);
    case 'code':
      return h('pre', { tabIndex: 0 }, h('code', null, node.value));
    case 'blockquote':
      return h('blockquote', null, inside());
    case 'list':
      return node.ordered === true ? h('ol', { start: node.start ?? 1 }, inside()) : h('ul', null, inside());
    case 'listItem':
      return h('li', null, inside());
    // A message is no document: its headings must not enter the page's outline.
    case 'heading':
      return h('p', { class: `heading heading-${node.depth}` }, inside());
    case 'thematicBreak':
      return h('hr', null);
    case 'break':
      return h('br', null);
    case 'link':
      return link(node.url, node.children, context);
    // Loading a picture from elsewhere would tell that server who reads; it stays a link.
    case 'image':
      return link(
        node.url,
        [{ type: 'text', value: node.alt === null || node.alt === undefined || node.alt === '' ? node.url : node.alt }],
        context,
      );
    case 'html':
      return node.value;
    case 'definition':
      return h('p', null, `[${node.label ?? node.identifier}]: ${node.url}`);
    case 'linkReference':
    case 'imageReference':
      return h('span', null, '[', 'children' in node ? inside() : (node.alt ?? ''), ']');
    default:
      return inside();
  }
}

function link(url: string, children: readonly PhrasingContent[], context: MarkdownContext): ComponentChild {
  const inside = children.map((child) => render(child, context));
  const href = safeHref(url);
  if (href === undefined) return h('span', null, inside);
  const isOwn = typeof location !== 'undefined' && href.startsWith(`${location.origin}/`);
  return h('a', isOwn ? { href } : { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, inside);
}

function withMentions(text: string, context: MarkdownContext): ComponentChild {
  const parts: ComponentChild[] = [];
  let at = 0;
  for (const found of text.matchAll(mentionPattern)) {
    const [, before = '', written = ''] = found;
    const start = found.index + before.length;
    const isMass = context.mass && /^(all|here)(?!\w)/.test(written);
    const resolved = isMass ? undefined : resolveName(written, context.byName);
    const isMeant =
      resolved !== undefined && (context.mentions.includes(resolved.profile.id) || resolved.profile.id === context.me);
    if (!isMass && !isMeant) continue;
    const length = isMass ? (written.startsWith('all') ? 3 : 4) : (resolved?.length ?? 0);
    const isMine = isMass || resolved?.profile.id === context.me;
    const label = isMass ? written.slice(0, length) : (resolved?.profile.displayName ?? '');
    parts.push(
      text.slice(at, start),
      h(
        'span',
        { class: isMine ? 'mention mine' : 'mention', title: text.slice(start, start + 1 + length) },
        `@${label}`,
      ),
    );
    at = start + 1 + length;
  }
  if (parts.length === 0) return text;
  parts.push(text.slice(at));
  return h('span', null, parts);
}

/** The text without its markup, for quotations and lists. */
export function plainText(text: string): string {
  const collect = (node: Nodes): string => {
    if ('value' in node) return node.value;
    if ('children' in node)
      return node.children
        .map((child) => collect(child as Nodes))
        .join(node.type === 'root' || node.type === 'list' ? ' ' : '');
    return node.type === 'break' ? ' ' : '';
  };
  return collect(parse(text)).replace(/\s+/g, ' ').trim();
}
