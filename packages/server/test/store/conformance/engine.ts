import type { MovableStore } from '../../../src/store/port.ts';

/** What an adapter's test gives the suite. */
export interface StoreEngine {
  /** One node's access to an engine with nothing in it: a database, keyspace or folder of its own. */
  readonly store: MovableStore;
  /** Another node's access to the same data. Absent where only one process can hold it: then races run on `store` alone. */
  readonly again?: () => Promise<MovableStore>;
  /** Breaks the connections of `store` in mid-flight while the engine lives on, once. */
  readonly cutConnection?: () => Promise<void>;
  /** Drops the data; called when every store is closed. */
  readonly close?: () => Promise<void>;
}

/** The engine under test, with two nodes' stores: the same one twice where `again` is absent. */
export interface Opened {
  readonly engine: StoreEngine;
  readonly store: MovableStore;
  readonly other: MovableStore;
  close(): Promise<void>;
}

export async function openTwice(open: () => Promise<StoreEngine>): Promise<Opened> {
  const engine = await open();
  const other = (await engine.again?.()) ?? engine.store;
  return {
    engine,
    store: engine.store,
    other,
    async close() {
      await engine.store.close();
      if (other !== engine.store) await other.close();
      await engine.close?.();
    },
  };
}
