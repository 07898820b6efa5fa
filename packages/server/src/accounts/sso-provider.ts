import { ParleyError } from '@parley/protocol';
import type { Configuration } from 'openid-client';
import { ConfigError } from '../config/index.ts';
import type { SsoTicket } from './sso-tickets.ts';

/** Who the provider says somebody is. */
export interface SsoIdentity {
  readonly issuer: string;
  /** What the provider calls them, for ever. */
  readonly subject: string;
  /** Only where the provider says that it is proved to be theirs. */
  readonly email?: string;
  readonly handle?: string;
  readonly displayName?: string;
}

export interface SsoProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

/** Loaded when somebody signs in this way for the first time. */
const library = () => import('openid-client');

const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** One OpenID provider: found by its address, asked with PKCE, state and nonce, its answers checked by the library. */
export class SsoProvider {
  readonly #options: SsoProviderOptions;
  #configuration: Promise<Configuration> | undefined;

  /** @throws ConfigError when the provider would be reached without TLS, other than on this machine */
  constructor(options: SsoProviderOptions) {
    const issuer = new URL(options.issuer);
    if (issuer.protocol !== 'https:' && !isLoopback(issuer))
      throw new ConfigError(`--oidc-issuer is ${options.issuer}: a provider is reached by https only.`);
    this.#options = options;
  }

  /** Where the browser is sent, and what it keeps meanwhile. */
  async begin(redirect: string): Promise<{ url: string } & Pick<SsoTicket, 'state' | 'nonce' | 'verifier'>> {
    const [client, configuration] = await Promise.all([library(), this.#discovered()]);
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirect,
      scope: 'openid email profile',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url: url.href, state, nonce, verifier };
  }

  /**
   * Who came back.
   * @param answer the address with which the browser came back
   * @throws ParleyError `sso-refused`
   */
  async finish(answer: URL, { state, nonce, verifier }: SsoTicket): Promise<SsoIdentity> {
    const [client, configuration] = await Promise.all([library(), this.#discovered()]);
    try {
      const tokens = await client.authorizationCodeGrant(configuration, answer, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new ParleyError('sso-refused');
      // By the protocol's rules what the scopes ask for need not be in the ID token.
      const more =
        claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
          ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : {};
      const all: Readonly<Record<string, unknown>> = { ...more, ...claims };
      return {
        issuer: claims.iss,
        subject: claims.sub,
        ...named('email', all['email_verified'] === true ? all['email'] : undefined),
        ...named('handle', all['preferred_username']),
        ...named('displayName', all['name']),
      };
    } catch (cause) {
      throw cause instanceof ParleyError ? cause : new ParleyError('sso-refused', { cause });
    }
  }

  async #discovered(): Promise<Configuration> {
    this.#configuration ??= this.#discover();
    try {
      return await this.#configuration;
    } catch (cause) {
      this.#configuration = undefined;
      throw new ParleyError('unavailable', { message: 'The single sign-on service cannot be reached.', cause });
    }
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    const client = await library();
    const url = new URL(issuer);
    const execute = url.protocol === 'https:' ? [] : [client.allowInsecureRequests];
    return client.discovery(url, clientId, clientSecret, undefined, { execute, timeout: 10 });
  }
}

const named = <Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } => {
  const text = textOf(value);
  return text === undefined ? {} : ({ [name]: text } as { [Key in Name]: string });
};
