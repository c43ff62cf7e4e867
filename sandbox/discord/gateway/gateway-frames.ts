import { constants, createDeflate } from 'node:zlib';

/** Turns payloads into WebSocket messages, in order. */
export interface FrameWriter {
  write(text: string): void;
  /** Calls back when all that was written has left. */
  afterAll(then: () => void): void;
  close(): void;
}

type SendFrame = (frame: string | Buffer) => void;

export function plainFrames(send: SendFrame): FrameWriter {
  return { write: send, afterAll: (then) => then(), close: () => undefined };
}

/** `compress=zlib-stream`: one stream for the whole connection, flushed after each payload. */
export function zlibFrames(send: SendFrame): FrameWriter {
  const deflate = createDeflate();
  let chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    write(text) {
      deflate.write(text);
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        const whole = Buffer.concat(chunks);
        chunks = [];
        send(whole);
      });
    },
    afterAll: (then) => deflate.flush(constants.Z_SYNC_FLUSH, then),
    close: () => deflate.destroy(),
  };
}
