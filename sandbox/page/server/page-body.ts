import type { Context } from 'hono';

/** The body as JSON; a body that does not say it is JSON counts as none, for only such a request needs no preflight. */
export async function readJson(context: Context): Promise<unknown> {
  if (context.req.header('content-type')?.startsWith('application/json') !== true) return undefined;
  return parseJson(await context.req.text());
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
