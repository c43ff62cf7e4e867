import type { MiddlewareHandler } from 'hono';
import { isOwnHost, isOwnPage, toRequestSource } from '../../own-site.ts';

const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/** Sets the headers that keep the page from running or loading anything but its own files. */
export const withSafeHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
};

/**
 * Lets a request through only when its Host is this server's loopback address, and a change only when it comes from the
 * page itself: neither a name that was rebound to 127.0.0.1 nor another website in the same browser can drive the page.
 * `port` is asked on each request.
 */
export function allowOnlyOwnPage(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const source = toRequestSource((name) => context.req.header(name));
    if (!isOwnHost(source.host, port())) return context.json({ error: 'This page is served on loopback only.' }, 421);
    const isChange = context.req.method !== 'GET' && context.req.method !== 'HEAD';
    if (isChange && !isOwnPage(source))
      return context.json({ error: 'Only the page itself may change something.' }, 403);
    await next();
    return undefined;
  };
}
