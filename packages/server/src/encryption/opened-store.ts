import type { StreamEvent, StreamId } from '@parley/protocol';
import type { Document, DocumentRange } from '../store/documents.ts';
import type { Account, LoadedStream, Store } from '../store/port.ts';
import { decodeSnapshot, encodeSnapshot } from '../stream/index.ts';
import { erasureKind, keyKind } from './key-documents.ts';
import { hasSealed } from './sealed.ts';
import type { Sealing } from './sealing.ts';

/**
 * A store as those see it who show texts to people: sealed as it is written, opened as it is read. Appends and the directory go
 * through as they are: the sequencer decides on ciphertext, and has the store itself.
 */
export function openedStore(store: Store, sealing: Sealing): Store {
  const openEvents = async (stream: StreamId, events: readonly StreamEvent[]) => sealing.open(stream, events);
  const openLoaded = async (stream: StreamId, loaded: LoadedStream): Promise<LoadedStream> => {
    const { snapshot } = loaded;
    const events = await openEvents(stream, loaded.events);
    if (snapshot === undefined || !hasSealed(snapshot.state)) return { ...loaded, events };
    const state = encodeSnapshot(await sealing.openState(decodeSnapshot(snapshot.state)));
    return { ...loaded, events, snapshot: { ...snapshot, state } };
  };
  const openAccount = async (account: Account): Promise<Account> => ({
    ...account,
    status: (await sealing.openServerText('status', account.id, account.status)) ?? '',
  });
  const openAccounts = (accounts: readonly Account[]): Promise<readonly Account[]> =>
    Promise.all(accounts.map(openAccount));
  const maybe = (account: Account | undefined) => (account === undefined ? undefined : openAccount(account));
  const sealStatus = (user: string, status: string) => sealing.sealServerText('status', user, status);

  return {
    ...store,
    load: async (stream) => {
      const loaded = await store.load(stream);
      return loaded === undefined ? undefined : openLoaded(stream, loaded);
    },
    read: async (stream, ...range) => openEvents(stream, await store.read(stream, ...range)),
    messages: async (query) => sealing.openMessages(query.stream, await store.messages(query)),
    messagesAt: async (stream, seqs) => sealing.openMessages(stream, await store.messagesAt(stream, seqs)),
    createAccount: async (account, options) =>
      store.createAccount({ ...account, status: await sealStatus(account.id, account.status) }, options),
    updateAccount: async (id, change) =>
      store.updateAccount(
        id,
        change.status === undefined ? change : { ...change, status: await sealStatus(id, change.status) },
      ),
    accountById: async (id) => maybe(await store.accountById(id)),
    accountByName: async (name) => maybe(await store.accountByName(name)),
    accountsById: async (ids) => openAccounts(await store.accountsById(ids)),
    findAccounts: async (text, limit) => openAccounts(await store.findAccounts(text, limit)),
    ...openedDocuments(store, sealing),
  };
}

/**
 * Bodies of small documents, such as reports and secrets of sign-in, are sealed whole; keys of documents are words of this code
 * and ids. Sealed, a body of 48 KiB is one of 64.
 */
export function openedDocuments(store: Store, sealing: Sealing) {
  const isOwn = (kind: string): boolean => kind === keyKind || kind === erasureKind;
  const placeOf = (kind: string, owner: string, key: string): string => `${kind}\n${owner}\n${key}`;
  const openDocument = async (document: Document): Promise<Document> => {
    const { kind, owner, key, body } = document;
    if (isOwn(kind) || !body.startsWith('"') || !hasSealed(body.slice(0, 3))) return document;
    const text = await sealing.openServerText('document', placeOf(kind, owner, key), String(JSON.parse(body)));
    if (text === undefined) throw new Error(`The document ${kind} ${owner} ${key} was changed where it is stored.`);
    return { ...document, body: text };
  };
  return {
    async putDocument(document: Omit<Document, 'version'>, expected: number): Promise<boolean> {
      const { kind, owner, key, body } = document;
      if (isOwn(kind)) return store.putDocument(document, expected);
      const sealed = await sealing.sealServerText('document', placeOf(kind, owner, key), body);
      return store.putDocument(sealed === body ? document : { ...document, body: JSON.stringify(sealed) }, expected);
    },
    async document(kind: string, owner: string, key: string): Promise<Document | undefined> {
      const document = await store.document(kind, owner, key);
      return document === undefined ? undefined : openDocument(document);
    },
    async documents(kind: string, owner: string, range: DocumentRange): Promise<readonly Document[]> {
      return Promise.all((await store.documents(kind, owner, range)).map(openDocument));
    },
  };
}
