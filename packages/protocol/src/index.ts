/** `@parley/protocol`: the words on the wire. Carries no zod; `@parley/protocol/schemas` does. */
export * from './errors.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './names.ts';
export * from './rights.ts';
export type * from './schemas.ts';
export * from './scopes.ts';
