import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import { ConfigError } from '../config/index.ts';
import type { Log } from '../log.ts';

/** Where the certificate and its key are, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What a TLS server is made with. */
export type TlsMaterial = Required<Pick<SecureContextOptions, 'cert' | 'key' | 'minVersion'>>;

/** How often the files are looked at. A renewed certificate is in no hurry; looking costs two small reads. */
const lookMs = 1_000;
/** Renewal is commonly done 30 days before the end; two weeks later something is amiss. */
const soonDays = 14;

/**
 * The files that the settings name; `undefined` where they name none.
 * @throws ConfigError when only one of the two is given
 */
export function tlsFilesOf(config: { readonly tlsCert?: string | undefined; readonly tlsKey?: string | undefined }) {
  const { tlsCert: cert, tlsKey: key } = config;
  if (cert === undefined && key === undefined) return undefined;
  if (key === undefined)
    throw new ConfigError('--tls-cert needs --tls-key beside it: the private key that the certificate was made for.');
  if (cert === undefined)
    throw new ConfigError('--tls-key needs --tls-cert beside it: the certificate that the key was made for.');
  return { cert, key };
}

/**
 * Reads certificate and key and makes sure that they belong together.
 * @throws ConfigError that names the file and the mend
 */
export function readTls({ cert: certPath, key: keyPath }: TlsFiles): TlsMaterial {
  const cert = readPem(certPath, 'certificate', '--tls-cert');
  const key = readPem(keyPath, 'private key', '--tls-key');
  const certificate = certificateOf(cert, certPath);
  if (!certificate.checkPrivateKey(privateKeyOf(key, keyPath)))
    throw new ConfigError(
      `The key ${keyPath} does not fit the certificate ${certPath}, which was made for ${certificate.subject.replaceAll('\n', ', ')}. Give the two files that were made together; the server's own certificate must come first in its file.`,
    );
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** Whole days until the certificate is no longer valid; below 0 when it is not. */
const daysLeft = ({ cert }: TlsMaterial, now: number): number =>
  Math.floor((new X509Certificate(String(cert)).validToDate.getTime() - now) / 86_400_000);

/**
 * Looks at the files from now on and calls back with what is in them when it has changed and fits together. A pair that
 * does not, as when only one file has been replaced yet, changes nothing. Returns what ends the looking.
 */
export function watchTls(files: TlsFiles, log: Log, onChange: (material: TlsMaterial) => void): () => void {
  let seen = bytesOf(files);
  let current = readTls(files);
  const left = daysLeft(current, Date.now());
  if (left < soonDays) log.warn({ days: left, file: files.cert }, 'the certificate ends soon, or has ended: renew it');
  const look = (): void => {
    const bytes = bytesOf(files);
    if (bytes === seen) return;
    seen = bytes;
    try {
      const next = readTls(files);
      if (next.cert === current.cert && next.key === current.key) return;
      current = next;
      onChange(next);
      log.info({ days: daysLeft(next, Date.now()) }, 'the certificate was replaced');
    } catch (error) {
      log.warn({ error: String(error) }, 'the new certificate cannot be used; the former one stays');
    }
  };
  // By reading, not by the system's notices, which follow no symbolic link, and links are how renewals are swapped in; nor by
  // the time of a change, whose first look comes too late for a change that follows the start at once.
  const timer = setInterval(look, lookMs).unref();
  return () => clearInterval(timer);
}

/** What is in the files now, to be compared; where one cannot be read, why. */
function bytesOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map((path) => {
      try {
        return readFileSync(path, 'latin1');
      } catch (error) {
        return String(error);
      }
    })
    .join('\0');
}

function readPem(path: string, what: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`The ${what} ${path} cannot be read (${reason}). Give the path of a PEM file with ${flag}.`, {
      cause,
    });
  }
}

function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ConfigError(
      `${path} holds no certificate in PEM form. Give a file that begins with -----BEGIN CERTIFICATE----- with --tls-cert.`,
      { cause },
    );
  }
}

function privateKeyOf(pem: string, path: string): KeyObject {
  if (/ENCRYPTED/.test(pem))
    throw new ConfigError(
      `The key ${path} is locked with a passphrase. Give one without, readable by the server's user only, with --tls-key.`,
    );
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new ConfigError(
      `${path} holds no private key in PEM form. Give a file with -----BEGIN PRIVATE KEY----- with --tls-key.`,
      { cause },
    );
  }
}
