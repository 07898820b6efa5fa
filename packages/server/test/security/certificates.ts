import { execFileSync } from 'node:child_process';
import { env } from 'node:process';

/** For `describe(…, { skip })`: false, or why no certificates can be made, and the mend. */
export function skipWithoutOpenssl(): string | false {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    const reason = 'openssl is not installed: it makes the certificates for this test';
    if (env['PARLEY_REQUIRE_ENGINES'] === '1') throw new Error(reason);
    return reason;
  }
}

/** Makes a certificate for localhost that vouches for itself, and its key, in these files. */
export function makeCertificate(files: { cert: string; key: string }, name = 'localhost'): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '30'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', files.key, '-out', files.cert], {
    stdio: 'ignore',
  });
}

/** The same key, locked with a passphrase. */
export function lockKey(key: string, locked: string): void {
  const args = ['pkcs8', '-topk8', '-in', key, '-out', locked, '-passout', 'pass:a passphrase'];
  execFileSync('openssl', args, { stdio: 'ignore' });
}
