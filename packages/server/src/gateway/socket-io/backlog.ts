import type { Socket } from 'socket.io';
import { laggingBytes, maxBufferedBytes } from '../socket.ts';

type EngineSocket = Socket['conn'];

/** Counts what Engine.IO holds for a client that reads slowly, whoever wrote it: events, answers, its own pings. */
export class Backlog {
  isLagging = false;
  #bytes = 0;
  #handedBytes = 0;

  /** @param drained called when a client that lagged can take more */
  constructor(conn: EngineSocket, drained: () => void) {
    conn.on('packetCreate', (packet: EnginePacket) => {
      this.#bytes += bytesOf(packet);
      if (this.#bytes > laggingBytes) this.isLagging = true;
      // Answers are not held back. Closing in good order would wait for the client to read.
      if (this.#bytes > maxBufferedBytes) conn.request.socket.destroy();
    });
    conn.on('flush', (packets: readonly EnginePacket[]) => {
      for (const packet of packets) this.#handedBytes += bytesOf(packet);
    });
    // The kernel took everything that was handed over; what waited meanwhile is handed over next.
    conn.transport.on('drain', () => {
      this.#bytes -= this.#handedBytes;
      this.#handedBytes = 0;
      if (!this.isLagging || this.#bytes > laggingBytes / 2) return;
      this.isLagging = false;
      drained();
    });
  }
}

interface EnginePacket {
  readonly data?: string | Buffer;
}

const bytesOf = ({ data }: EnginePacket): number => (data === undefined ? 0 : Buffer.byteLength(data));
