import { join } from 'node:path';
import { enginesFolder } from '../engines/folders.ts';

/** A cluster on this machine. */
export interface Place {
  /** Where people connect: HAProxy. Nodes listen right above it. */
  readonly port: number;
  /** Everything of the nodes and of HAProxy: settings, logs, process ids. */
  readonly folder: string;
}

/** The one that `npm run cluster` starts, and others beside it by their ports. */
export const defaultPort = 13000;
export const placeAt = (port: number): Place => ({
  port,
  folder: join(enginesFolder, port === defaultPort ? 'cluster' : `cluster-${port}`),
});

export const nodeFolder = ({ folder }: Place, number: number): string => join(folder, `node-${number}`);
export const nodePort = ({ port }: Place, number: number): number => port + number;
export const balancerFolder = ({ folder }: Place): string => join(folder, 'haproxy');
