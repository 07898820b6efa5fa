import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for nothing but their notice, and may be part of what is given on. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
]);
/** Of tools that are used here and are no part of what is given on, changed files would have to be shown. */
const allowedInDevelopment: ReadonlySet<string> = new Set(['MPL-2.0']);

/** A package as the lock file names it: where it is, and what its makers say of its licence. */
export interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  /** A package of this repository. */
  readonly link?: boolean;
}
export type Lock = Readonly<Record<string, LockedPackage>>;

/** Whether a licence, or one of those that may be chosen among, is allowed (SPDX: `MIT OR Apache-2.0`, `(MIT AND ISC)`). */
export function isAllowed(expression: string, isDevelopment: boolean): boolean {
  const choices = expression.replace(/[()]/g, '').split(/\s+OR\s+/);
  return choices.some((choice) =>
    choice.split(/\s+AND\s+/).every((id) => allowed.has(id) || (isDevelopment && allowedInDevelopment.has(id))),
  );
}

/**
 * What is wrong with the licences of everything that is installed, a line each; nothing where all is well.
 * @param readManifest the package.json of an installed package, where the lock file is silent
 */
export function licenceFaults(lock: Lock, readManifest: (path: string) => Manifest | undefined): readonly string[] {
  return Object.entries(lock).flatMap(([path, { license, dev, devOptional, link }]) => {
    if (!path.includes('node_modules/') || link === true) return [];
    const stated = license ?? licenceOf(readManifest(path));
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (stated === undefined) return [`${name} states no licence`];
    return isAllowed(stated, dev === true || devOptional === true) ? [] : [`${name} has the licence ${stated}`];
  });
}

/** What of a package.json tells of the licence, in the form of today and in that of before. */
export interface Manifest {
  readonly license?: string | { readonly type?: string };
  readonly licenses?: readonly { readonly type?: string }[];
}

function licenceOf(manifest: Manifest | undefined): string | undefined {
  const { license, licenses } = manifest ?? {};
  if (typeof license === 'string') return license;
  const types = [license, ...(licenses ?? [])].map((one) => one?.type).filter((type) => type !== undefined);
  return types.length === 0 ? undefined : types.join(' OR ');
}

/** The lock file and the installed manifests of a repository. */
export function checkLicences(root: string): { readonly count: number; readonly faults: readonly string[] } {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock };
  const faults = licenceFaults(packages, (path) => {
    const file = join(root, path, 'package.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
  });
  return { count: Object.keys(packages).filter((path) => path.includes('node_modules/')).length, faults };
}
