import type { UserId } from '@parley/protocol';
import { isFoundBy, nameKey, searchKey, wordsOf } from '../account-words.ts';
import type { Account, AccountStore, RecordStore } from '../port.ts';
import { type Connection, numberOf, type Row, textOf, type Value } from './connection.ts';
import { inTurns } from './messages.ts';

type AccountChange = Parameters<RecordStore['updateAccount']>[1];

/** A name nobody can have, since words have no space before them: its row is the first account of all. */
const firstOfAll = ' first';
/** Matches looked at for one search; whoever has more types another letter. */
const maxMatches = 1_000;
/** Above every letter. */
const lastLetter = '\u{10ffff}';

/** The columns of what may change. */
const columns: Readonly<Record<keyof AccountChange, string>> = {
  displayName: 'display_name',
  color: 'color',
  status: 'status',
  serverRole: 'server_role',
  passwordHash: 'password_hash',
  lastSeenAt: 'last_seen_at',
};

/**
 * Accounts. An account is made by taking its name, in a row that holds all of it (conditional on nobody having it); the
 * tables it is found by follow, and whoever meets a name without them writes them. The first account of all takes the
 * name ' first' before its own, in the same way.
 */
export function accountOperations(connection: Connection): AccountStore {
  let hasFirst = false;

  /** Whether the name is the account's, now or from an earlier attempt; else whose it is. */
  const take = async (key: string, account: Account): Promise<true | Account> => {
    const { isApplied, row } = await connection.runIf({
      query: 'INSERT INTO account_name (name_key, id, account) VALUES (?, ?, ?) IF NOT EXISTS',
      params: [key, account.id, JSON.stringify(account)],
    });
    const owner = isApplied ? account : (JSON.parse(String(row['account'])) as Account);
    return owner.id === account.id ? true : owner;
  };

  const beFirst = async (account: Account): Promise<boolean> => {
    if (hasFirst) return false;
    const taken = await take(firstOfAll, account);
    // Its maker may have died between this row and its own name: nobody else may get the name meanwhile.
    // Once it is whole it may have another name by now.
    const isWhole = taken === true || (await accountById(taken.id)) !== undefined;
    if (!isWhole && (await take(nameKey(taken.name), taken)) === true) await complete(taken);
    hasFirst = true;
    return taken === true;
  };

  /** Its time is the lowest there is: a change made since is not undone. */
  const complete = async (account: Account): Promise<void> => {
    await Promise.all([
      connection.run(
        `INSERT INTO account (id, name, display_name, color, status, server_role, password_hash, created_at, last_seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP 1`,
        account.id,
        account.name,
        account.displayName,
        account.color,
        account.status,
        account.serverRole,
        account.passwordHash ?? null,
        account.createdAt,
        account.lastSeenAt ?? null,
      ),
      listName(account),
      ...wordsOf(account).map((word) => addWord(account, word)),
    ]);
  };
  const listName = async ({ id, name }: Account): Promise<void> => {
    const key = nameKey(name);
    await connection.run('INSERT INTO account_letter (list, letter) VALUES (1, ?)', letterOf(key));
    await connection.run('INSERT INTO account_by_name (letter, name_key, id) VALUES (?, ?, ?)', letterOf(key), key, id);
  };
  const addWord = ({ id, name }: Account, word: string): Promise<void> =>
    connection.run(
      'INSERT INTO account_by_word (letter, word, id, name_key) VALUES (?, ?, ?, ?)',
      letterOf(word),
      word,
      id,
      nameKey(name),
    );

  const accountById = async (id: UserId): Promise<Account | undefined> => {
    const row = await connection.one('SELECT * FROM account WHERE id = ?', id);
    return row === undefined || textOf(row['name']) === undefined ? undefined : accountOf(row);
  };
  const accountsById = async (ids: readonly UserId[]): Promise<Account[]> =>
    (await inTurns([...new Set(ids)], accountById)).filter((account) => account !== undefined);

  const everybody = async (limit: number): Promise<Account[]> => {
    const found: Account[] = [];
    const letters = await connection.all('SELECT letter FROM account_letter WHERE list = 1');
    for (const { letter } of letters) {
      const rows = await connection.all(
        'SELECT id FROM account_by_name WHERE letter = ? LIMIT ?',
        String(letter),
        limit - found.length,
      );
      found.push(...(await accountsById(rows.map(({ id }) => String(id) as UserId))));
      if (found.length >= limit) break;
    }
    return found;
  };

  return {
    async createAccount(account, options) {
      const isFirst = await beFirst(account);
      if (options?.first === true && !isFirst) return false;
      if ((await take(nameKey(account.name), account)) !== true) return false;
      await complete(account);
      return true;
    },
    accountById,
    accountsById,
    async accountByName(name) {
      const row =
        name === firstOfAll
          ? undefined
          : await connection.one('SELECT id, account FROM account_name WHERE name_key = ?', nameKey(name));
      if (row === undefined) return undefined;
      const known = await accountById(String(row['id']) as UserId);
      if (known !== undefined) return known;
      const account = JSON.parse(String(row['account'])) as Account;
      await complete(account);
      return account;
    },
    async findAccounts(text, limit) {
      const search = searchKey(text);
      if (search === '') return everybody(limit);
      const rows = await connection.all(
        'SELECT id, name_key FROM account_by_word WHERE letter = ? AND word >= ? AND word < ? LIMIT ?',
        letterOf(search),
        search,
        search + lastLetter,
        maxMatches,
      );
      const byName = rows.toSorted((a, b) => (String(a['name_key']) < String(b['name_key']) ? -1 : 1));
      const ids = [...new Set(byName.map(({ id }) => String(id) as UserId))];
      const found: Account[] = [];
      for (let index = 0; index < ids.length && found.length < limit; index += limit) {
        const some = await accountsById(ids.slice(index, index + limit));
        // A word that an account no longer has may be left from a change that was cut short.
        found.push(...some.filter((account) => isFoundBy(account, search)));
      }
      return found.slice(0, limit);
    },
    async updateAccount(id, change) {
      const former = await accountById(id);
      const changed = Object.entries(change) as [keyof AccountChange, Value][];
      if (former === undefined || changed.length === 0) return;
      const words = new Set(wordsOf(former));
      const newWords = wordsOf({ ...former, ...change });
      await Promise.all(newWords.filter((word) => !words.has(word)).map((word) => addWord(former, word)));
      await connection.run(
        `UPDATE account SET ${changed.map(([name]) => `${columns[name]} = ?`).join(', ')} WHERE id = ?`,
        ...changed.map(([, value]) => value),
        id,
      );
      for (const word of words) {
        if (newWords.includes(word)) continue;
        await connection.run(
          'DELETE FROM account_by_word WHERE letter = ? AND word = ? AND id = ?',
          letterOf(word),
          word,
          id,
        );
      }
    },
    async renameAccount(id, name) {
      const former = await accountById(id);
      if (former === undefined) return false;
      const account = { ...former, name };
      const [key, formerKey] = [nameKey(name), nameKey(former.name)];
      if ((await take(key, account)) !== true) return false;
      await Promise.all([
        listName(account),
        ...wordsOf(account).map((word) => addWord(account, word)),
        connection.run('UPDATE account SET name = ? WHERE id = ?', name, id),
      ]);
      if (formerKey === key) return true;
      const words = new Set(wordsOf(account));
      for (const word of wordsOf(former)) {
        if (words.has(word)) continue;
        const query = 'DELETE FROM account_by_word WHERE letter = ? AND word = ? AND id = ?';
        await connection.run(query, letterOf(word), word, id);
      }
      const query = 'DELETE FROM account_by_name WHERE letter = ? AND name_key = ?';
      await connection.run(query, letterOf(formerKey), formerKey);
      await connection.runIf({
        query: 'DELETE FROM account_name WHERE name_key = ? IF id = ?',
        params: [formerKey, id],
      });
      return true;
    },
    async hasAccounts() {
      const query = 'SELECT id FROM account_name WHERE name_key = ?';
      hasFirst ||= (await connection.one(query, firstOfAll)) !== undefined;
      return hasFirst;
    },
  };
}

/** Tables to find people by are cut by the first letter. */
const letterOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0);

export function accountOf(row: Row): Account {
  const passwordHash = textOf(row['password_hash']);
  const lastSeenAt = numberOf(row['last_seen_at']);
  return {
    id: String(row['id']) as UserId,
    name: String(row['name']),
    displayName: String(row['display_name']),
    color: Number(row['color']),
    status: String(row['status']),
    serverRole: String(row['server_role']) as Account['serverRole'],
    createdAt: numberOf(row['created_at']) ?? 0,
    ...(passwordHash === undefined ? {} : { passwordHash }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
  };
}
