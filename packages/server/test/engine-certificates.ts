import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlaceTls } from '../../../scripts/engines/engine.ts';

/** Files in PEM form: an authority, what it has signed for a server and for a client, and an authority that nobody here knows. */
export interface EngineCertificates {
  readonly ca: string;
  readonly server: Signed;
  readonly client: Signed;
  /** Both in one file, as MongoDB's driver wants them. */
  readonly clientBoth: string;
  readonly stranger: string;
}
interface Signed {
  readonly cert: string;
  readonly key: string;
}

function openssl(...args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw new Error('openssl could not make the certificates for this test. Is it installed?', { cause });
  }
}
// RSA: what every engine's TLS takes.
const newKey = ['-newkey', 'rsa:2048', '-nodes', '-days', '30'];

function authority(folder: string, name: string): Signed {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert);
  return { cert, key };
}

function signed(folder: string, name: string, by: Signed): Signed {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const [request, extensions] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)];
  writeFileSync(extensions, 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n');
  openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', key, '-out', request);
  const signing = ['-CA', by.cert, '-CAkey', by.key, '-CAcreateserial', '-days', '30', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signing, '-out', cert);
  return { cert, key };
}

/** Makes all of them in a folder. */
export function makeEngineCertificates(folder: string): EngineCertificates {
  const own = authority(folder, 'authority');
  const client = signed(folder, 'client', own);
  const clientBoth = join(folder, 'client-both.pem');
  writeFileSync(clientBoth, [client.key, client.cert].map((path) => readFileSync(path, 'utf8')).join(''));
  return {
    ca: own.cert,
    server: signed(folder, 'server', own),
    client,
    clientBoth,
    stranger: authority(folder, 'stranger').cert,
  };
}

/** How an engine is started with the server's certificate; it wants one of the authority's from each client. */
export const tlsPlace = ({ ca, server }: EngineCertificates, port: number): PlaceTls => ({ port, ca, ...server });

/** Options of an engine's URL: with the client's certificate; without it; with an authority that has not signed the engine's. */
export function tlsQueries({ ca, client, stranger }: EngineCertificates) {
  const own = `cert=${client.cert}&key=${client.key}`;
  return { known: `ca=${ca}&${own}`, nameless: `ca=${ca}`, mistaken: `ca=${stranger}&${own}` };
}
