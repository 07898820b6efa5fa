const decoder = new TextDecoder();

/** What a payload says, for readers: in one half of the runs it is the value itself (`carriesValues`). */
export const textOf = (payload: unknown): string =>
  payload instanceof Uint8Array ? decoder.decode(payload) : JSON.stringify(payload);
