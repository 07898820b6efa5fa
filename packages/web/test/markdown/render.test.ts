import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ComponentChild, VNode } from 'preact';
import { type MarkdownContext, plainText, renderMarkdown, safeHref } from '../../src/markdown/render.ts';
import { ann, ben, profile } from '../state/story.ts';

const context: MarkdownContext = {
  byName: new Map([
    ['ann', profile(ann, 'ann')],
    ['ben', { ...profile(ben, 'ben'), displayName: 'Ben <b>' }],
  ]),
  mentions: [ben],
  mass: false,
  me: ann,
};

interface Element {
  readonly tag: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Every element of what was rendered, and all its text. */
function walk(children: ComponentChild[]): { readonly elements: readonly Element[]; readonly text: string } {
  const elements: Element[] = [];
  let text = '';
  const visit = (child: unknown): void => {
    if (Array.isArray(child)) child.forEach(visit);
    else if (typeof child === 'string' || typeof child === 'number') text += String(child);
    else if (typeof child === 'object' && child !== null) {
      const { type, props } = child as VNode<Record<string, unknown>>;
      assert.equal(typeof type, 'string', 'a message makes no components');
      const { children: inner, ...rest } = props;
      elements.push({ tag: String(type), props: rest });
      visit(inner);
    }
  };
  visit(children);
  return { elements, text };
}
const show = (text: string, more: Partial<MarkdownContext> = {}) => walk(renderMarkdown(text, { ...context, ...more }));
const tags = (text: string): string =>
  show(text)
    .elements.map(({ tag }) => tag)
    .join(' ');
const links = (text: string): unknown[] =>
  show(text).elements.flatMap(({ tag, props }) => (tag === 'a' ? [props['href']] : []));

describe('Markdown of a message', () => {
  it('is shown with its marks', () => {
    assert.equal(tags('**bold** *soft* ~~gone~~ `code`'), 'p strong em del code');
    assert.equal(tags('> quoted\n\n1. one\n2. two\n\n---'), 'blockquote p ol li p li p hr');
    assert.equal(tags('```js\nlet a\n```'), 'pre code');
    assert.equal(tags('~~**_deep_**~~'), 'p del strong em');
  });

  it('adds no headings to the page’s outline', () => {
    assert.equal(tags('# Big'), 'p');
  });

  it('opens foreign links in a window of their own that learns nothing', () => {
    const [link] = show('see https://example.org/x').elements.filter(({ tag }) => tag === 'a');
    assert.equal(link?.props['href'], 'https://example.org/x');
    assert.equal(link?.props['target'], '_blank');
    assert.match(String(link?.props['rel']), /noopener noreferrer/);
  });

  it('loads no foreign pictures: they are links', () => {
    assert.equal(tags('![cat](https://example.org/cat.png)'), 'p a');
  });

  it('is plain where a line of it is wanted', () => {
    assert.equal(plainText('**Hello** `there`,\n\n> [friend](https://example.org)'), 'Hello there, friend');
  });
});

describe('what a message cannot do', () => {
  it('run a script by a link, however it is written', () => {
    for (const url of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      '&#106;avascript:alert(1)',
      ' javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:msgbox(1)',
      'file:///etc/passwd',
      'blob:https://example.org/1',
    ]) {
      assert.equal(safeHref(url), undefined, url);
      assert.deepEqual(links(`[x](<${url}>) ![x](<${url}>) <${url}>`), [], url);
    }
  });

  it('point somewhere by an address without a protocol', () => {
    assert.deepEqual(links('[x](/c/other) [y](//example.org@relative.invalid/) [z](#top)'), []);
  });

  it('bring markup of its own: tags are shown as they were written', () => {
    const text = '<script>alert(1)</script> <b onclick="x()">b</b>\n\n<img src=x onerror=alert(1)>';
    assert.match(show(text).text, /<script>.*<\/script>.*<b onclick="x\(\)">b<\/b>.*<img src=x onerror=alert\(1\)>/s);
    assert.equal(tags(text).replaceAll('p', '').trim(), '');
  });

  it('name somebody it did not call, and a name is never markup', () => {
    assert.equal(tags('@ben'), 'p span span');
    assert.equal(show('@ben').text, '@Ben <b>');
    assert.equal(tags('@nobody'), 'p');
    assert.equal(show('@ben', { mentions: [] }).elements.length, 1);
  });

  it('call everybody without the right to', () => {
    assert.equal(tags('@all'), 'p');
    const [, , mark] = show('@all: lunch', { mass: true }).elements;
    assert.deepEqual(mark, { tag: 'span', props: { class: 'mention mine', title: '@all' } });
  });

  it('make any element or property but the known ones, whatever it is made of', () => {
    const known: Record<string, readonly string[]> = {
      p: ['class'],
      a: ['href', 'target', 'rel'],
      span: ['class', 'title'],
      ol: ['start'],
      pre: ['tabIndex'],
    };
    const plain = new Set(['strong', 'em', 'del', 'code', 'blockquote', 'ul', 'li', 'hr', 'br']);
    const signs = '< > [ ] ( ) ! ` ``` * ** _ ~~ # " \\ - 1.'.split(' ');
    const words = 'javascript: https://e.org www.e.org a@e.org <script> &lt; &#106; @ben @ann @all text [a]'.split(' ');
    const spaces = [' ', '\n', '\n\n', '> ', '- ', '<a href="', '[a]: javascript:x', '\u202e'];
    const piece = fc.oneof(fc.constantFrom(...signs), fc.constantFrom(...words), fc.constantFrom(...spaces));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, mass) => {
        const text = pieces.join('');
        for (const { tag, props } of show(text, { mass }).elements) {
          const allowed = known[tag] ?? (plain.has(tag) ? [] : undefined);
          assert.ok(allowed !== undefined, `${tag} from ${JSON.stringify(text)}`);
          for (const name of Object.keys(props)) assert.ok(allowed.includes(name), `${tag} ${name}`);
          if (tag === 'a') assert.match(String(props['href']), /^(?:https?|mailto):/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stop the page by nesting deeply: it is shown as it was written', () => {
    for (const opening of ['> ', '>', '- ', '1. ', '-\t', '> - ', '-    ']) {
      const text = `${opening.repeat(15_000 / opening.length)}deep`;
      assert.equal(show(text).text, text, opening);
      assert.equal(plainText(text), text.replace(/\s+/g, ' '), opening);
    }
    assert.equal(tags('> > > three'), 'blockquote blockquote blockquote p');
  });

  it('stop the page by what is opened and never closed', () => {
    for (const piece of ['[', '![a](', '*a ', '*a_b', '**a ', '`', '<a ', 'a@', '&'])
      assert.ok(show(`x${piece.repeat(15_000 / piece.length)}`).text.length > 0, piece);
  });
});
