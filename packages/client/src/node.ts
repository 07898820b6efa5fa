/** `@parley/client/node`: what needs a file system. */
export { fileOutbox } from './outbox/file.ts';
