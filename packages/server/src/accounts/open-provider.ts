import { ConfigError } from '../config/index.ts';
import { secretOf } from '../config/secret.ts';
import { SsoProvider } from './sso-provider.ts';

/**
 * The provider of single sign-on that the settings name; `undefined` where they name none. It is not asked for anything yet:
 * a server starts without it.
 * @throws ConfigError that says what is missing or wrong
 */
export function openProvider(config: {
  readonly oidcIssuer?: string | undefined;
  readonly oidcClientId?: string | undefined;
  readonly oidcClientSecret?: string | undefined;
}): SsoProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: secret } = config;
  if (issuer === undefined) return undefined;
  if (clientId === undefined)
    throw new ConfigError('--oidc-issuer needs --oidc-client-id beside it: what the provider calls this server.');
  const clientSecret = secret === undefined ? undefined : secretOf(secret, '--oidc-client-secret');
  return new SsoProvider({ issuer, clientId, clientSecret });
}
