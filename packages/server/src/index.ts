/** `@parley/server`: start a node from settings. */
export { type Config, ConfigError, configHelp, loadConfig } from './config/index.ts';
export { type Node, startNode } from './node.ts';
