/** An event of an official client, as the frame it stands for. */
export interface GivenEvent {
  readonly frame: { readonly t: string; readonly [field: string]: unknown };
  /** What the client wants to be called back with the answer by. */
  readonly callback: unknown;
}

/**
 * `emit('send', {…}, callback)` as the frame `{t: 'send', …}`; `emit('resume', {stream: seq})` as a `watch` of all of them after
 * what the client has. Judges nothing: what is not as it should be becomes a frame that the schema refuses.
 */
export function readEvent(event: string, given: readonly unknown[], nextId: () => number): GivenEvent {
  const last = given.at(-1);
  const callback = typeof last === 'function' ? last : undefined;
  const values = callback === undefined ? given : given.slice(0, -1);
  const [value = {}] = values;
  const isPlain = values.length <= 1 && typeof value === 'object' && value !== null && !Array.isArray(value);
  const fields: object = isPlain ? value : { given: values };
  if (event === 'resume') {
    const streams = Object.entries(fields).map(([stream, after]) => ({ stream, level: 'full', after }));
    return { frame: { t: 'watch', id: nextId(), streams }, callback };
  }
  // Answers to these go by number, and here by callback.
  const numbered = event === 'watch' || event === 'ping' ? { id: nextId() } : {};
  return { frame: { ...fields, t: event, ...numbered }, callback };
}
