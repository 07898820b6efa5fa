import type { Device } from '../clients/device.ts';
import { textOf } from '../engines/payload.ts';
import type { Cluster } from '../nodes/cluster.ts';

/** What every text of the workload has, and no ciphertext (base64url). */
const plain = /[·~]{3}|"a group"|"a channel"|should not be here/;

/** P8: nothing that anybody wrote lies in the store or the log as they wrote it, and everybody who may read it can. */
export function plainTexts({ keyring, data, broker }: Cluster, devices: readonly Device[]): string[] {
  if (keyring === undefined) return [];
  const found = devices.flatMap(({ name, unreadable }) =>
    unreadable.map((what) => `P8: ${name} was shown ciphertext: ${what}`),
  );
  const look = (where: string, value: unknown): void => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const at = text.search(plain);
    if (at >= 0) found.push(`P8: ${where} holds plain text: ${text.slice(Math.max(0, at - 20), at + 60)}`);
  };
  for (const [stream, { events, messages, snapshot }] of data.streams) {
    look(`the log of ${stream}`, events);
    look(`a message of ${stream}`, [...messages.values()]);
    if (snapshot !== undefined) look(`the snapshot of ${stream}`, snapshot.state);
  }
  look('the directory', [...data.directory.values()]);
  for (const payload of broker.log.payloads()) look('a record of the log', textOf(payload));
  return found;
}
