import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody at the provider. */
export interface ProviderAccount {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly preferred_username?: string;
}

export const clientId = 'parley';
export const clientSecret = 'a secret of the provider';

/** A real OpenID provider in this process. Whoever comes to it is signed in as `current`, without a word. */
export class TestProvider implements AsyncDisposable {
  current: ProviderAccount = { sub: 'nobody' };
  readonly #server: Server;
  readonly issuer: string;

  private constructor(server: Server, redirect: string) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const accounts = new Map<string, ProviderAccount>();
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [redirect],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      pkce: { required: () => true },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
      features: { devInteractions: { enabled: false } },
      cookies: { keys: ['for tests only'] },
      findAccount: (_context, id) => {
        const claims = accounts.get(id);
        return claims === undefined ? undefined : { accountId: id, claims: () => ({ ...claims }) };
      },
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    });
    const callback = provider.callback();
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/interaction/') !== true) return void callback(request, response);
      const interact = async (): Promise<void> => {
        const details = await provider.interactionDetails(request, response);
        const { sub } = this.current;
        accounts.set(sub, this.current);
        const grant = new provider.Grant({ accountId: sub, clientId });
        grant.addOIDCScope(String(details.params['scope']));
        const consent = { grantId: await grant.save() };
        await provider.interactionFinished(request, response, { login: { accountId: sub }, consent });
      };
      interact().catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    });
  }

  /** @param redirect where it sends people back to */
  static async open(redirect: string): Promise<TestProvider> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestProvider(server, redirect);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A browser as far as this goes: cookies by host, and redirects one at a time. */
export class Wanderer {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookiesOf(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }

  async go(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.cookiesOf(url);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const planted of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = planted.split('; ');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const isGone = value === '' || attributes.some((each) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(each));
      if (isGone) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirects until one leads to an address that fits, which is returned and not followed. */
  async until(url: string, fits: (url: string) => boolean): Promise<string> {
    let at = url;
    for (let hops = 0; hops < 10; hops++) {
      if (fits(at)) return at;
      const next = (await this.go(at)).headers.get('location');
      if (next === null) throw new Error(`${at} leads nowhere`);
      at = new URL(next, at).href;
    }
    throw new Error(`too many redirects; at ${at}`);
  }
}
