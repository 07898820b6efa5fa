/** `@parley/server`: start a node from settings; move a store. */
export { makePasswordReset, removeFactorsInStore } from './accounts/offline.ts';
export { noteByHand } from './audit/by-hand.ts';
export { type AuditEntry, type AuditWish, faultsOf } from './audit/index.ts';
export { type Config, ConfigError, configHelp, loadConfig } from './config/index.ts';
export { type Keyring, KeyringError } from './encryption/keyring/port.ts';
export { openKeyring } from './encryption/keyring/registry.ts';
export { type KeyCensus, KeyOperations, type Rewrapped } from './encryption/operations.ts';
export { type Node, startNode } from './node.ts';
export { EngineError } from './patience.ts';
export { type MoveProgress, type MoveReport, moveStore } from './store/move/index.ts';
export {
  type ClosableDocuments,
  type OpenStoreOptions,
  openDocuments,
  openStore,
  shardStore,
} from './store/registry.ts';
export { startWorkers } from './workers/index.ts';
export { boundYoungGeneration } from './young-generation.ts';
