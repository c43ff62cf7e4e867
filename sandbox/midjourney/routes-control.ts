import type { Hono } from 'hono';
import { z } from 'zod';
import { Fault } from './faults.ts';
import { CONTROL_PREFIX } from './guards.ts';
import { type ApiEnv, type ApiRequest, readJson, type StandInContext, sendEmpty, sendJson } from './http.ts';

async function addFault(api: StandInContext, c: ApiRequest): Promise<Response> {
  const fault = Fault.safeParse(await readJson(c));
  if (!fault.success) return sendJson(c, 400, { error: z.prettifyError(fault.error) });
  try {
    api.faults.add(fault.data);
  } catch {
    return sendJson(c, 400, { error: 'match.path is neither a prefix nor a regular expression' });
  }
  return sendJson(c, 201, fault.data);
}

export function addRoutesControl(app: Hono<ApiEnv>, api: StandInContext): void {
  app.post(`${CONTROL_PREFIX}faults`, (c) => addFault(api, c));
  app.get(`${CONTROL_PREFIX}faults`, (c) => sendJson(c, 200, api.faults.list()));
  app.delete(`${CONTROL_PREFIX}faults`, () => {
    api.faults.clear();
    return sendEmpty();
  });
  app.get(`${CONTROL_PREFIX}requests`, (c) => sendJson(c, 200, api.log.records));
  app.delete(`${CONTROL_PREFIX}requests`, () => {
    api.log.clear();
    return sendEmpty();
  });
}
