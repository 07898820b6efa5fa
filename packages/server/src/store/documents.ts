/**
 * A small document: what has no table of its own, such as keys, credentials, reports and the audit log.
 *
 * Documents of one kind and owner lie together, in the order of their keys (code units of ASCII). What is looked up by a second
 * name gets a second document under that name.
 */
export interface Document {
  /** What it is, e.g. `passkey`: a word of this code, never of a user. */
  readonly kind: string;
  /** Whose it is: an account, a stream, a day. At most 200 ASCII characters. */
  readonly owner: string;
  /** At most 200 ASCII characters. */
  readonly key: string;
  /** 1 when made, one more at each change. */
  readonly version: number;
  /** JSON, at most 64 KiB. */
  readonly body: string;
}

/** Which documents of an owner are listed. */
export interface DocumentRange {
  /** Keys greater than this one (`forward`) or smaller (`backward`); all when absent. */
  readonly beyond?: string;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

/**
 * Documents with compare-and-set. Every method rejects with `ParleyError('unavailable')` when the engine cannot answer; a change
 * that was rejected so may have been made.
 */
export interface DocumentStore {
  /** Makes it (`expected` 0) or changes it (`expected` its version). False, and nothing is changed, when that is not its version. Durable when it resolves. */
  putDocument(document: Omit<Document, 'version'>, expected: number): Promise<boolean>;
  /** Sees every change that has resolved, whoever made it. */
  document(kind: string, owner: string, key: string): Promise<Document | undefined>;
  documents(kind: string, owner: string, range: DocumentRange): Promise<readonly Document[]>;
  /** Whether there was one, of version `expected` where that is given. */
  deleteDocument(kind: string, owner: string, key: string, expected?: number): Promise<boolean>;
}

/** In bytes of UTF-8. */
export const maxDocumentBytes = 65_536;

/**
 * Holds every engine to the same names and sizes. Names are printable, so that an adapter can join them by what is not.
 * @throws RangeError
 */
export function checkDocument({
  kind,
  owner,
  key,
  body = '',
}: Partial<Document> & Omit<Document, 'version' | 'body'>): void {
  if (!/^[a-z][A-Za-z0-9-]{0,49}$/.test(kind))
    throw new RangeError(`“${kind}” is no kind of document: a word of at most 50 letters.`);
  for (const [what, name] of Object.entries({ owner, key })) {
    if (!/^[ -~]{1,200}$/.test(name))
      throw new RangeError(`The ${what} “${name}” of a document is not 1 to 200 printable ASCII characters.`);
  }
  if (Buffer.byteLength(body) > maxDocumentBytes)
    throw new RangeError(`A document of ${Buffer.byteLength(body)} bytes is more than ${maxDocumentBytes}.`);
}

/** A document from a row of an engine of tables. */
export const documentOfRow = (row: Record<string, unknown>): Document => ({
  kind: String(row['kind']),
  owner: String(row['owner']),
  key: String(row['key']),
  version: Number(row['version']),
  body: String(row['body']),
});
