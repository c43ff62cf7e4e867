import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { toErrorMessage } from '../../../src/shared/errors.ts';
import { readJson } from './page-body.ts';
import { ControlOrder, type PageControls } from './page-controls.ts';
import type { PageWire } from './page-wire.ts';

const ORDER_LIMIT = 64 * 1024;
const Query = z.object({
  text: z.string().max(200).default(''),
  about: z
    .string()
    .regex(/^\d{0,20}$/)
    .default(''),
  side: z.enum(['', 'discord', 'gateway', 'api']).default(''),
});

/** Adds the world's controls and the wire view. */
export function addControlRoutes(app: Hono, controls: PageControls, wire: PageWire): void {
  app.get('/api/controls', (context) => context.json(controls.state()));
  app.post('/api/controls', bodyLimit({ maxSize: ORDER_LIMIT }), (context) => carryOut(context, controls));
  app.get('/api/wire', (context) => {
    const query = Query.safeParse(context.req.query());
    if (!query.success) return context.json({ error: z.prettifyError(query.error) }, 400);
    return context.json(wire.find(query.data));
  });
  app.get('/api/wire/:id{\\d{1,12}}', (context) => {
    const entry = wire.get(Number(context.req.param('id')));
    return entry === undefined ? context.json({ error: 'No longer kept.' }, 404) : context.json(entry);
  });
}

async function carryOut(context: Context, controls: PageControls): Promise<Response> {
  const order = ControlOrder.safeParse(await readJson(context));
  if (!order.success) return context.json({ error: z.prettifyError(order.error) }, 400);
  try {
    await controls.carryOut(order.data);
    return context.json(controls.state());
  } catch (thrown) {
    return context.json({ error: toErrorMessage(thrown) }, 409);
  }
}
