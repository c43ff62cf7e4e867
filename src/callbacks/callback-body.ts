import type { IncomingMessage } from 'node:http';
import type { BodyBytes } from './callback-allowance.ts';

/** `too-large`, `no-room` and `broken`: nothing more of it is read. */
export type ReadBody = { readonly body: unknown } | 'too-large' | 'no-room' | 'broken';

/** Reads a JSON body of at most `maxBytes`; one that is no JSON is `undefined`, which is no mistake here. */
export async function readBody(request: IncomingMessage, maxBytes: number, bytes: BodyBytes): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return 'too-large';
  try {
    return await collect(request, maxBytes, bytes);
  } finally {
    bytes.end();
  }
}

function collect(request: IncomingMessage, maxBytes: number, bytes: BodyBytes): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (why: 'too-large' | 'no-room') => {
      request.removeAllListeners('data').pause();
      resolve(why);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) return stop('too-large');
      if (!bytes.take(chunk.length)) return stop('no-room');
      chunks.push(chunk);
    });
    request.on('end', () => resolve({ body: parseJson(Buffer.concat(chunks)) }));
    request.on('close', () => resolve('broken'));
    request.on('error', () => resolve('broken'));
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
