/** Writes the generated parts of docs/protocol.md and docs/configuration.md: `npm run docs`. */
import { join } from 'node:path';
import { configurationParts } from './docs/configuration.ts';
import { update } from './docs/markers.ts';
import { protocolParts } from './docs/protocol.ts';

const docs = join(import.meta.dirname, '../docs');
update(join(docs, 'protocol.md'), protocolParts());
update(join(docs, 'configuration.md'), configurationParts());
