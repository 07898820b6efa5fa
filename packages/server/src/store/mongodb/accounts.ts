import type { UserId } from '@parley/protocol';
import { nameKey, searchKey, wordsOf } from '../account-words.ts';
import type { Account, AccountStore } from '../port.ts';
import { type AccountDocument, add, addMissing, ask, type Collections } from './connection.ts';

/** A name nobody can have, since words have no space before them: its document is the first account of all. */
const firstOfAll = ' first';

/**
 * Accounts. An account is made by adding its name, in a document that holds all of it; the document it is found by
 * follows, and whoever meets a name without it adds it. The first account of all takes the name ' first' before its own,
 * in the same way.
 */
export function accountOperations({ account: accounts, name: names }: Collections): AccountStore {
  let hasFirst = false;

  /** Whether the name is the account's, now or from an earlier attempt; else whose it is. */
  const take = async (key: string, account: Account): Promise<true | Account> => {
    if (await add(names, { _id: key, account: JSON.stringify(account) })) return true;
    const found = await ask(() => names.findOne({ _id: key }));
    const owner = found === null ? account : (JSON.parse(found.account) as Account);
    return owner.id === account.id ? true : owner;
  };
  const complete = (account: Account): Promise<void> => addMissing(accounts, [documentOf(account)]);

  const beFirst = async (account: Account): Promise<boolean> => {
    if (hasFirst) return false;
    const taken = await take(firstOfAll, account);
    // Its maker may have died between this document and its own name: nobody else may get the name meanwhile.
    // Once it is whole it may have another name by now.
    const isWhole = taken === true || (await accountById(taken.id)) !== undefined;
    if (!isWhole && (await take(nameKey(taken.name), taken)) === true) await complete(taken);
    hasFirst = true;
    return taken === true;
  };

  const accountById = async (id: UserId): Promise<Account | undefined> => {
    const found = await ask(() => accounts.findOne({ _id: id }));
    return found === null ? undefined : accountOf(found);
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
    async accountsById(ids) {
      const [only] = ids;
      if (only === undefined) return [];
      if (ids.length === 1) return [await accountById(only)].filter((account) => account !== undefined);
      return (await ask(() => accounts.find({ _id: { $in: [...ids] } }).toArray())).map(accountOf);
    },
    async accountByName(name) {
      const found = name === firstOfAll ? null : await ask(() => names.findOne({ _id: nameKey(name) }));
      if (found === null) return undefined;
      const account = JSON.parse(found.account) as Account;
      const known = await accountById(account.id);
      if (known !== undefined) return known;
      await complete(account);
      return account;
    },
    async findAccounts(text, limit) {
      const search = searchKey(text);
      // Anchored, so that the index of words answers it.
      const filter = search === '' ? {} : { words: { $regex: `^${escaped(search)}` } };
      const found = await ask(() => accounts.find(filter).sort({ nameKey: 1 }).limit(limit).toArray());
      return found.map(accountOf);
    },
    async updateAccount(id, change) {
      if (Object.keys(change).length === 0) return;
      const former = change.displayName === undefined ? undefined : await accountById(id);
      const words = former === undefined ? undefined : wordsOf({ ...former, ...change });
      await ask(() =>
        accounts.updateOne({ _id: id }, { $set: { ...change, ...(words === undefined ? {} : { words }) } }),
      );
    },
    async renameAccount(id, name) {
      const former = await accountById(id);
      if (former === undefined) return false;
      const account = { ...former, name };
      if ((await take(nameKey(name), account)) !== true) return false;
      const key = nameKey(name);
      await ask(() => accounts.updateOne({ _id: id }, { $set: { name, nameKey: key, words: wordsOf(account) } }));
      // Every other name of theirs goes: the former one, and what an attempt that was cut short has taken.
      if (nameKey(former.name) !== key) await ask(() => names.deleteOne({ _id: nameKey(former.name) }));
      return true;
    },
    async hasAccounts() {
      hasFirst ||= (await ask(() => names.findOne({ _id: firstOfAll }))) !== null;
      return hasFirst;
    },
  };
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => `\\${sign}`);

const documentOf = ({ id, ...account }: Account): AccountDocument => ({
  _id: id,
  nameKey: nameKey(account.name),
  words: wordsOf(account),
  ...account,
});

export function accountOf({ _id, nameKey: _key, words: _words, serverRole, ...account }: AccountDocument): Account {
  return { id: _id as UserId, serverRole: serverRole as Account['serverRole'], ...account };
}
