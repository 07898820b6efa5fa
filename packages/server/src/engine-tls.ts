import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { EngineError } from './patience.ts';

const files = ['ca', 'cert', 'key'] as const;

/** Options of an engine's URL that say how TLS is spoken: files in PEM form. */
export const tlsOptions: readonly string[] = files;

/**
 * The authority, and the client's certificate and key, that an engine's URL names.
 * @param isSecure whether the URL asks for TLS at all
 * @param mend how it would, e.g. `tls=true`
 * @throws EngineError for a file that cannot be read, or files without TLS
 */
export function readTls(options: URLSearchParams, isSecure: boolean, mend: string): ConnectionOptions {
  const given = files.flatMap((name) => {
    const path = options.get(name);
    return path === null ? [] : [[name, path] as const];
  });
  const [first] = given;
  if (!isSecure && first !== undefined)
    throw new EngineError(
      `The URL names ${first[0]}=${first[1]} and asks for no TLS. Add ${mend}, or leave the file away.`,
    );
  return Object.fromEntries(given.map(([name, path]) => [name, read(path, name)]));
}

function read(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new EngineError(`${name} in the engine's URL names a file that cannot be read: ${path}.`, { cause });
  }
}

/** Codes of Node and OpenSSL for a certificate that does not hold. */
const codes = /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/**
 * What is wrong with the engine's certificate, if that is why the connection failed. Trying again does not mend it.
 * @param option where the URL names an authority
 */
export function certificateFault(error: unknown, option = 'ca'): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && codes.test(String(error.code)))
    return `has a certificate that cannot be verified (${error.message.split(';', 1)[0]}): name its authority with ?${option}=FILE in the URL.`;
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...parts, error.cause].map((part) => certificateFault(part, option)).find((fault) => fault !== undefined);
}
