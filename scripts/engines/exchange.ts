import { connect } from 'node:net';

/**
 * Opens a connection to this machine, says something and returns the first bytes of the answer.
 * @throws Error when nobody answers within two seconds
 */
export function exchange(port: number, said: Uint8Array | string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(said));
    socket.setTimeout(2_000, () => socket.destroy(new Error(`port ${port} does not answer`)));
    socket.once('data', (answer) => {
      resolve(answer);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`port ${port} closed the connection without an answer`)));
  });
}

/** @throws Error that shows the answer when it is another one */
export function expectAnswer(isRight: boolean, answer: Buffer): void {
  if (!isRight) throw new Error(`answered something else: ${answer.subarray(0, 40).toString('latin1')}`);
}
