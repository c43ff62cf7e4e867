import type { IncomingMessage } from 'node:http';

/** `too-large` and `broken`: nothing more of it is read. */
export type ReadBody = { readonly body: unknown } | 'too-large' | 'broken';

/** Reads a JSON body of at most `maxBytes`; one that is no JSON is `undefined`, which is no mistake here. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else resolve('too-large');
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
