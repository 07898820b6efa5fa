import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from './engine.ts';
import { findProgram, run } from './exec.ts';
import { programsFolder } from './folders.ts';

/** A server that is built here from a Go module: a main of ours around it, and the module itself with some lines changed. */
export interface GoProgram {
  readonly name: string;
  readonly version: string;
  /** Path of the module, and the folder that its copy is built in. */
  readonly module: string;
  readonly copy: string;
  /** Folder of our files; those that are built beside the module, and those that `change` puts into it. */
  readonly source: string;
  readonly files: readonly string[];
  readonly further: readonly string[];
  /** What `change` writes into the module. */
  readonly texts: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What changes the module. @throws Error when it is not as expected */
  readonly change: (copy: string) => void;
}

/** Where the built program is. What is put around and into the module is part of its name, so that a change of it is built. */
export function pathOf({ name, version, source, files, further, texts }: GoProgram): string {
  const hash = createHash('sha256');
  for (const file of [...files, ...further]) hash.update(readFileSync(join(source, file)));
  for (const text of texts) hash.update(text);
  return join(programsFolder, `${name}-${version}-${hash.digest('hex').slice(0, 8)}`);
}

/**
 * Builds it, unless it is there.
 * @param instead what else would do where Go is missing
 * @throws Error when Go is missing, or the module is not as expected
 */
export async function build(program: GoProgram, say: Say, { takes, instead }: { takes: string; instead: string }) {
  const built = pathOf(program);
  if (existsSync(built)) return;
  const go = findProgram('go', '/usr/local/go/bin/go');
  if (go === undefined) throw new Error(`needs ${instead}Go 1.24 or newer; not on the PATH.`);
  const { name, version, module, source, files, env = {} } = program;
  say(`building ${name} ${version} (Go; ${takes})`);
  const folder = `${built}-build`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const file of files) copyFileSync(join(source, file), join(folder, file));
    const listed = await run(go, ['mod', 'download', '-json', module], { cwd: folder });
    const { Dir } = JSON.parse(listed) as { readonly Dir: string };
    const copy = join(folder, program.copy);
    // The module's own files are read-only, and go refuses to build others in their place.
    cpSync(Dir, copy, { recursive: true, mode: 0 });
    await run('chmod', ['-R', 'u+w', copy]);
    program.change(copy);
    await run(go, ['mod', 'edit', '-replace', `${module}=./${program.copy}`], { cwd: folder });
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', built, '.'], { cwd: folder, env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a text in the place of one that has to be there. @throws Error when it is not */
export function replaceIn(path: string, asItIs: string, next: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(asItIs)) throw new Error(`The module is not as expected: ${path} has changed.`);
  writeFileSync(path, text.replace(asItIs, next));
}
