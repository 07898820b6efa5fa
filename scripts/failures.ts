import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** Lines of a file's standard error that are shown when one of its tests failed. */
const shownLines = 150;

/**
 * A reporter for Node's test runner: what failed, where and why, with the last that its file wrote to standard error. Nothing
 * where all passed, so that it can be repeated at the end of a long run, where people look.
 */
export default async function* failures(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const written = new Map<string, string[]>();
  const failed = new Set<string>();
  for await (const event of source) {
    if (event.type === 'test:stderr') {
      const file = resolve(event.data.file);
      const lines = written.get(file) ?? [];
      lines.push(...event.data.message.trimEnd().split('\n'));
      written.set(file, lines.slice(-shownLines));
    } else if (event.type === 'test:fail') {
      const { file = '', line = 0, name, details } = event.data;
      const { error } = details;
      // A suite fails with its tests: those are told.
      if ('failureType' in error && error.failureType === 'subtestsFailed') continue;
      failed.add(resolve(file));
      const { cause } = error;
      const why = cause instanceof Error ? (cause.stack ?? cause.message) : error.message;
      yield `✖ ${name}\n  ${file}:${line}\n  ${why.replaceAll('\n', '\n  ')}\n\n`;
    }
  }
  for (const file of failed) {
    const lines = written.get(file);
    if (lines !== undefined) yield `The last that ${file} wrote to standard error:\n${lines.join('\n')}\n\n`;
  }
}
