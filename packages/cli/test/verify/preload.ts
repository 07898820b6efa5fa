/**
 * Loaded before anything else (`--import`) into the verifier and, by it, into its nodes: takes away the safeguard that
 * PARLEY_TEST_MUTANT names, by rewriting modules as they are loaded. The product has no switch for it.
 */
import { registerHooks } from 'node:module';
import { env } from 'node:process';
import { type Edit, mutants } from './mutants.ts';

const name = env['PARLEY_TEST_MUTANT'] ?? '';
const edits: readonly Edit[] | undefined = Object.entries(mutants).find(([mutant]) => mutant === name)?.[1];
if (edits === undefined) throw new Error(`There is no mutant '${name}'.`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const due = edits.filter(({ module }) => url.endsWith(`/${module}`));
    if (due.length === 0) return loaded;
    let source = String(loaded.source);
    for (const { text, instead } of due) {
      // Otherwise the safeguard has moved, and the mutant would be Parley itself.
      if (!source.includes(text)) throw new Error(`${name}: ${url} does not contain '${text}'.`);
      source = source.replace(text, () => instead);
    }
    return { ...loaded, source };
  },
});
