/** Typed listeners. A listener that throws does not keep the others from hearing. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(event: never) => void>>();

  on<Type extends keyof Events>(
    type: Type,
    listener: (event: Events[Type]) => void,
    options: { signal?: AbortSignal } = {},
  ): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const own = (event: Events[Type]): void => listener(event);
    const off = (): void => {
      listeners.delete(own);
      options.signal?.removeEventListener('abort', off);
    };
    if (options.signal?.aborted === true) return off;
    listeners.add(own);
    options.signal?.addEventListener('abort', off, { once: true });
    return off;
  }

  emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of new Set(this.#listeners.get(type))) {
      try {
        (listener as (event: Events[Type]) => void)(event);
      } catch (error) {
        // Shown as an uncaught error, as an event target would.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
