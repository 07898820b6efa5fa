import { EngineError } from './patience.ts';

/** What the URL of an engine says: `scheme://[user[:password]@]host[:port][,host…]/path?option=value`. */
export interface EngineUrl {
  readonly scheme: string;
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Without the slash; empty when there is none. */
  readonly path: string;
  readonly options: URLSearchParams;
}

/**
 * Takes the URL of an engine apart. Unlike `URL` it knows several servers in one address.
 * @param known the options that the engine understands
 * @throws EngineError that says what is wrong, without showing a password
 */
export function parseEngineUrl(url: string, defaultPort: number, known: readonly string[]): EngineUrl {
  const [, scheme = '', credentials, hosts = '', path = '', query = ''] =
    /^([a-z+]+):\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? [];
  const shown = credentials === undefined ? url : url.replace(credentials, '…');
  if (hosts === '')
    throw new EngineError(`${shown} is no address of an engine. It looks like scheme://host:port,host:port/name.`);
  const servers = hosts.split(',').map((server) => {
    const [, host, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(server) ?? [];
    if (host === undefined || Number(port ?? defaultPort) > 65_535)
      throw new EngineError(`${shown} names a server “${server}”, which is not host:port.`);
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? defaultPort) };
  });
  const options = new URLSearchParams(query);
  for (const option of options.keys()) {
    if (known.includes(option)) continue;
    throw new EngineError(`${shown} has an option “${option}” that is not known here. Known: ${known.join(', ')}.`);
  }
  const [user, password] = credentials === undefined ? [] : credentials.split(/:(.*)/s, 2).map(decodeURIComponent);
  return { scheme, servers, user: user === '' ? undefined : user, password, path: decodeURIComponent(path), options };
}

/**
 * A whole number among an engine's options.
 * @throws EngineError when it is not one, or out of bounds
 */
export function numberOption(
  options: URLSearchParams,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = options.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new EngineError(`The option ${name}=${text} must be a whole number from ${min} to ${max}.`);
  return value;
}

/** Whether an option is set to true. @throws EngineError when it is neither true nor false */
export function flagOption(options: URLSearchParams, name: string): boolean {
  const text = options.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new EngineError(`The option ${name}=${text} must be true or false.`);
  return text === 'true';
}
