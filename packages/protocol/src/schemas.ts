/** The words on the wire as zod schemas: what the server checks, what types the SDK, what `docs/protocol.md` is made of. */

export * from './schemas/commands.ts';
export * from './schemas/events.ts';
export * from './schemas/frames.ts';
export * from './schemas/moderation.ts';
export * from './schemas/primitives.ts';
export * from './schemas/rest.ts';
export * from './schemas/sign-in.ts';
