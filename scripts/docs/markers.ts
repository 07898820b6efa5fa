import { readFileSync, writeFileSync } from 'node:fs';

/** Generated parts of a page, by the name in their markers. */
export type Parts = Readonly<Record<string, string>>;

const pattern = /(<!-- generated: (\S+) -->\n)[\s\S]*?(<!-- end: \2 -->)/g;

/**
 * A page with its generated parts as they should be; what is written by hand stays.
 * @throws Error when the page lacks the place of a part, or has one that nothing fills
 */
export function fill(page: string, parts: Parts): string {
  const filled = new Set<string>();
  const text = page.replace(pattern, (_whole, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`Nothing generates the part '${name}' of this page.`);
    filled.add(name);
    return `${begin}\n${part.trim()}\n\n${end}`;
  });
  const missing = Object.keys(parts).filter((name) => !filled.has(name));
  if (missing.length > 0)
    throw new Error(
      `The page has no place for ${missing.join(', ')}: write <!-- generated: NAME --> and <!-- end: NAME -->.`,
    );
  return text;
}

/** Writes the generated parts of a page anew. */
export function update(path: string, parts: Parts): void {
  writeFileSync(path, fill(readFileSync(path, 'utf8'), parts));
}

/** A Markdown table. Cells may hold anything on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
