import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', '{simulation,bench,deploy,scripts}/**/*.md'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
});

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');

/** The anchors of a page's headings, as GitHub and most others make them. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    Array.from(headings, ([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** The relative links of a page that lead nowhere. */
function brokenLinks(page: string, text: string): string[] {
  const links = withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g);
  return Array.from(links, ([, link = '']) => link).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#', 2);
    const target = path === '' ? join(root, page) : join(root, dirname(page), path);
    if (path !== '' && !existsSync(target)) return true;
    if (anchor === undefined || !target.endsWith('.md')) return false;
    return !anchorsOf(path === '' ? text : readFileSync(target, 'utf8')).has(anchor);
  });
}

describe('the pages', () => {
  for (const page of pages) {
    it(`${page} links to what there is`, () => {
      assert.deepEqual(brokenLinks(page, readFileSync(join(root, page), 'utf8')), []);
    });
  }

  it('would be caught with a link that leads nowhere', () => {
    const text = '# Here\n[a](docs/nowhere.md) [b](#here) [c](#there) [d](https://example.org) `[e](code.md)`\n';
    assert.deepEqual(brokenLinks('README.md', text), ['docs/nowhere.md', '#there']);
  });
});
