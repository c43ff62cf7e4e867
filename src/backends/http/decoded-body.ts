import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { RawAnswer } from './answers.ts';

/** What the API may compress its answers with. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br, zstd';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};
/** Encodings of one answer at most, one around the other. */
const MAX_ENCODINGS = 3;

/**
 * The body as it was before it was compressed; as it came where it is in no encoding that is known. Ends with
 * the error of either.
 */
export function toDecodedBody(body: Readable, headers: RawAnswer['headers']): Readable {
  const decoders = encodingsOf(headers).map((name) => DECODERS[name]);
  if (decoders.length > MAX_ENCODINGS) return body;
  let decoded = body;
  for (const decoder of decoders.toReversed()) {
    if (decoder === undefined) return decoded;
    // Whoever reads the last stream is given the error.
    decoded = pipeline(decoded, decoder(), () => undefined);
  }
  return decoded;
}

function encodingsOf(headers: RawAnswer['headers']): string[] {
  const value = headers['content-encoding'];
  const names = (Array.isArray(value) ? value.join(',') : (value ?? '')).toLowerCase().split(',');
  return names.map((name) => name.trim()).filter((name) => name !== '' && name !== 'identity');
}
