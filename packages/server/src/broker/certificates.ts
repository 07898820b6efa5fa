/** Codes of Node and OpenSSL for a certificate that does not hold. */
const codes = /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS_CERT|HOSTNAME_MISMATCH)/;

/** What is wrong with the engine's certificate, if that is why the connection failed. Trying again does not mend it. */
export function certificateFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && codes.test(String(error.code)))
    return `has a certificate that cannot be verified (${error.message.split(';', 1)[0]}): name its authority with ?ca=FILE in the URL.`;
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return [...parts, error.cause].map(certificateFault).find((fault) => fault !== undefined);
}
