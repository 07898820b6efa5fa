import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { importsOf, withoutComments } from './specifiers.ts';

/** A rule that a file breaks: where, which, and what mends it. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What each package may import of ours. Whatever else it imports has to stand in its package.json. */
const packages: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  client: ['protocol'],
  web: ['client'],
  server: ['protocol'],
  cli: ['protocol', 'client', 'server'],
};

/** The driver of each engine: a package, or the part of Node, that only its adapter may import. */
const drivers: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  local: [],
  sqlite: ['node:sqlite'],
  kafka: ['@platformatic/kafka'],
  rabbitmq: ['amqplib'],
  cassandra: ['cassandra-driver'],
  mongodb: ['mongodb', 'bson'],
  redis: ['redis', '@redis/client'],
  memcached: ['memcache'],
};

/** Modules without a place in the message's way: an adapter may use them, and they import nothing of ours but each other and the protocol. */
const neutral = ['clock.ts', 'demand.ts', 'engine-tls.ts', 'engine-url.ts', 'link.ts', 'log.ts', 'patience.ts'].map(
  (file) => `packages/server/src/${file}`,
);

const server = 'packages/server/src';
const pure = `${server}/stream`;
/** What makes the same call answer differently the next time, or later. */
const impure =
  /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|crypto\.\w+|process\.\w+|set(?:Timeout|Interval|Immediate)|queueMicrotask|async|await)(?!\w)/;
/** Packages that are built into one file: what they import is needed to build them, not to run them. */
const bundled = ['web'];
const maxLines = 400;
/** An adapter's files. `store/move/` is none: it copies one store into another by what the port promises. */
const adapterPattern = /^packages\/server\/src\/(broker|store|cache)\/(?!move\/)([^/]+)\/./;
/** `node.ts` puts a process together; where a port has a registry of its engines, that stands beside the port. */
const mayImportAdapters = /^packages\/server\/src\/(?:node\.ts$|(?:broker|store|cache)\/registry\.ts$)/;

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
const isWithin = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);

/** Holds every source of a repository against the rules of where things live. */
export function checkTree(root: string): readonly Finding[] {
  const sources = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  const others = globSync(['packages/*/{test,scripts}/**/*.ts', '{simulation,scripts,e2e}/**/*.ts'], { cwd: root });
  return [
    ...sources.toSorted().flatMap((file) => checkSource(root, file)),
    ...[...sources, ...others.map((file) => file.replaceAll('\\', '/'))].flatMap((file) => checkLength(root, file)),
  ];
}

function checkSource(root: string, file: string): Finding[] {
  const [, name = ''] = file.split('/');
  const dependencies = dependenciesOf(join(root, 'packages', name, 'package.json'), bundled.includes(name));
  const source = readFileSync(join(root, file), 'utf8');
  const imports = importsOf(source).flatMap(({ specifier, line }) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier;
    const message =
      ofPackages(name, specifier, target) ??
      ofStream(file, specifier, target) ??
      ofAdapters(file, specifier, target) ??
      ofNeutral(file, specifier, target) ??
      ofManifest(name, specifier, dependencies);
    return message === undefined ? [] : [{ file, line, message: `imports ${specifier}: ${message}` }];
  });
  return isWithin(file, pure) ? [...imports, ...impurities(file, source)] : imports;
}

function impurities(file: string, source: string): Finding[] {
  return Array.from(withoutComments(source).split('\n').entries()).flatMap(([index, text]) => {
    const found = impure.exec(text)?.[0];
    return found === undefined
      ? []
      : [{ file, line: index + 1, message: `uses ${found}: stream/ is pure. Hand the value in as an argument.` }];
  });
}

function ofPackages(name: string, specifier: string, target: string): string | undefined {
  if (specifier.startsWith('.')) {
    return isWithin(target, `packages/${name}/src`)
      ? undefined
      : `it lies outside of packages/${name}/src. Import the package that holds it by its name.`;
  }
  const [, imported] = /^@parley\/([^/]+)/.exec(specifier) ?? [];
  if (imported === undefined) return undefined;
  const allowed = packages[name];
  if (allowed === undefined)
    return `scripts/rules/import-rules.ts does not say what packages/${name} may import. Say it there.`;
  if (allowed.includes(imported)) return undefined;
  const shown = allowed.length === 0 ? 'nothing of ours' : `only ${allowed.map((one) => `@parley/${one}`).join(', ')}`;
  return `${name} imports ${shown}. Move the code, or take what you need through what is allowed.`;
}

function ofStream(file: string, specifier: string, target: string): string | undefined {
  if (!isWithin(file, pure) || isWithin(target, pure) || specifier === '@parley/protocol') return undefined;
  return 'stream/ is pure and imports only @parley/protocol. Hand the value in as an argument.';
}

function ofAdapters(file: string, specifier: string, target: string): string | undefined {
  if (!isWithin(file, server)) return undefined;
  const [, port, engine = ''] = adapterPattern.exec(file) ?? [];
  const [, theirPort, theirEngine] = adapterPattern.exec(target) ?? [];
  const isOwn = port === theirPort && engine === theirEngine;
  if (theirPort !== undefined && !isOwn && !mayImportAdapters.test(file))
    return `only node.ts knows the adapters. Ask for what ${theirPort}/port.ts promises.`;
  const owner = specifier.startsWith('.') ? undefined : ownerOf(specifier);
  if (owner !== undefined && owner !== engine)
    return `it is the driver of ${owner}, which only the adapter ${owner}/ imports. Ask for what the port promises.`;
  if (port === undefined) return undefined;
  if (drivers[engine] === undefined)
    return `scripts/rules/import-rules.ts does not know the driver of ${engine}. Add it there.`;
  if (!specifier.startsWith('.')) {
    if (isBuiltin(specifier) || specifier === '@parley/protocol' || owner === engine) return undefined;
    return `an adapter imports its port and its engine's driver. Do without, or add the driver of ${engine} to scripts/rules/import-rules.ts.`;
  }
  const isBesidePort = posix.dirname(target) === `${server}/${port}` && !target.endsWith('/registry.ts');
  if (isOwn || isBesidePort || neutral.includes(target)) return undefined;
  return `an adapter imports its own folder, what lies beside ${port}/port.ts, and ${neutral.map((one) => posix.basename(one)).join(' and ')}. Hand the rest in through its options.`;
}

/** Without this rule an adapter could reach anything through a module that counts as neutral. */
function ofNeutral(file: string, specifier: string, target: string): string | undefined {
  const isBesidePort = /^packages\/server\/src\/(?:broker|store|cache)\/[^/]+$/.test(file);
  if (!(neutral.includes(file) || isBesidePort) || mayImportAdapters.test(file)) return undefined;
  const isOurs =
    specifier.startsWith('.') && !neutral.includes(target) && posix.dirname(target) !== posix.dirname(file);
  if (!isOurs) return undefined;
  return 'adapters import this file, so it imports only the protocol, its neighbours and other neutral modules. Hand the rest in.';
}

function ofManifest(name: string, specifier: string, dependencies: ReadonlySet<string>): string | undefined {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  const wanted = packageOf(specifier);
  if (dependencies.has(wanted) || dependencies.has(`@types/${wanted}`)) return undefined;
  return `packages/${name}/package.json does not list ${wanted}. Add it to its dependencies.`;
}

function ownerOf(specifier: string): string | undefined {
  const wanted = specifier.startsWith('node:') ? specifier : packageOf(specifier);
  return Object.keys(drivers).find((engine) => drivers[engine]?.includes(wanted));
}

function checkLength(root: string, file: string): Finding[] {
  const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
  return lines <= maxLines
    ? []
    : [{ file, line: maxLines + 1, message: `has ${lines} lines, more than ${maxLines}. Split it by job.` }];
}

function dependenciesOf(path: string, isBundled: boolean): ReadonlySet<string> {
  if (!existsSync(path)) return new Set();
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    dependencies?: object;
    devDependencies?: object;
  };
  return new Set([...Object.keys(dependencies), ...(isBundled ? Object.keys(devDependencies) : [])]);
}
