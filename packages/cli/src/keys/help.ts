export const keysHelp = (): string => `Usage: parley keys COMMAND --keyring URL [OPTIONS]

Keys for encryption at rest. Each conversation has data keys, kept in the store, wrapped by a master key of the keyring.
Servers may run meanwhile. The audit log tells of every rotation and erasure.

Commands:
  init             Makes the keyring
  list [ID]        How many data keys are under which master key; of one conversation (c_…) or person (u_…), its keys
  rotate           Makes a new master key and wraps every data key anew
  erase ID...      Makes what was said in conversations, or kept of persons, unreadable everywhere, copies of the store
                   included: erases their data keys, rotates, and destroys the old master keys. Cannot be undone
  backup FILE      Writes every data key, wrapped, to a file; with the keyring it opens every copy of the store
  restore FILE     Brings back keys that are missing in the store, or older there. What was erased stays erased

Options:
  --keyring URL    file:PATH, env:NAME or vault:https://HOST:8200/MOUNT/KEY [PARLEY_KEYRING]
  --store URL      As for 'parley serve' [PARLEY_STORE]
  --data FOLDER    The same [PARLEY_DATA]
  --config FILE    The same [PARLEY_CONFIG]

Options of rotate:
  --prepare        Only adds the next master key, so that copies of a keyring file can be carried to all machines first;
                   the next rotate takes it
  --rewrap         Makes no new master key: goes on where a rotation was cut short, or finishes one begun by hand
  --destroy-old    Destroys the master keys before the current one, when nothing is wrapped under them any more

Options of erase:
  --keep-master    Leaves copies of the store for a later 'rotate --destroy-old': servers forget the keys at once

Options of both:
  --wait MS        How long servers have to take up the new master key before old ones are destroyed [10000]
`;
