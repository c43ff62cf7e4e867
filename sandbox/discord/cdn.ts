import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { AttachmentStore } from './world/attachment-store.ts';

/**
 * Serves uploaded files as Discord's CDN does, under addresses that are signed and not too old; nothing in them can
 * run in a browser.
 */
export function createCdnApp(attachments: AttachmentStore): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const folder of ['attachments', 'ephemeral-attachments']) {
    app.get(`/${folder}/:channelId/:id/:name`, (context) => {
      const { pathname, searchParams } = new URL(context.req.url);
      const kept = attachments.get(context.req.param('id'));
      if (kept === undefined || !attachments.addresses.isGood(pathname, searchParams))
        return context.text('This content is no longer available.', 404);
      return new Response(new Uint8Array(kept.bytes), {
        headers: {
          'content-type': kept.file.attachment.content_type ?? 'application/octet-stream',
          'cache-control': 'private, max-age=31536000, immutable',
          'content-security-policy': "default-src 'none'; sandbox",
          'cross-origin-resource-policy': 'cross-origin',
          'x-content-type-options': 'nosniff',
        },
      });
    });
  }
  return app;
}
