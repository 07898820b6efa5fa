import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(?:html|js|css|svg|json|webmanifest|txt)$/;
/** Below this, the headers weigh more than what is saved. */
const minBytes = 512;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** Lays `x.br` and `x.gz` beside each built file, once and as small as can be, so that no server compresses while it serves. */
export function precompress(): Plugin {
  return {
    name: 'parley-precompress',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      await Promise.all(Object.keys(bundle).map((name) => compress(join(dir, name))));
    },
  };
}

/** Writes both forms of a file, where they are smaller than it. */
export async function compress(path: string): Promise<void> {
  if (!compressible.test(path)) return;
  const plain = await readFile(path);
  if (plain.length < minBytes) return;
  const forms = {
    br: await brotli(plain, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      },
    }),
    gz: await gzipped(plain, { level: constants.Z_BEST_COMPRESSION }),
  };
  for (const [ending, bytes] of Object.entries(forms)) {
    if (bytes.length < plain.length) await writeFile(`${path}.${ending}`, bytes);
  }
}
