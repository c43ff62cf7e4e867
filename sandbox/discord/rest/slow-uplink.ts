import { setTimeout as delay } from 'node:timers/promises';

const MS_PER_SECOND = 1_000;

/** The same headers and body, arriving at so many bytes a second. */
export function throttle({ headers, body }: Request, bytesPerSecond: number): Response {
  if (body === null) return new Response(null, { headers });
  const slow = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await delay((chunk.byteLength / bytesPerSecond) * MS_PER_SECOND, undefined, { ref: false });
      controller.enqueue(chunk);
    },
  });
  return new Response(body.pipeThrough(slow), { headers });
}
