import type { ApiRequest } from '../http/transport.ts';

/** The most ids that are asked about in one call. */
export const IDS_PER_CALL = 100;

/** The fields of a press's second step. */
export interface ModalFields {
  readonly taskId: string;
  readonly prompt?: string | undefined;
  readonly maskBase64?: string | undefined;
}

/** What comes back with a task, and where it is posted. */
export interface ReplyFields {
  readonly state?: string | undefined;
  readonly notifyHook?: string | undefined;
}

export function taskRequest(jobid: string): ApiRequest {
  return {
    method: 'GET',
    path: `/task/${encodeURIComponent(jobid)}/fetch`,
    endpoint: 'GET /task/{id}/fetch',
    isWrite: false,
  };
}

/** All tasks of the server: the newest hundred, or those that wait and run. */
export function listRequest(list: 'list' | 'queue'): ApiRequest {
  return { method: 'GET', path: `/task/${list}`, endpoint: `GET /task/${list}`, isWrite: false };
}

/** A read, although it is a POST. */
export function byIdsRequest(ids: readonly string[]): ApiRequest {
  const path = '/task/list-by-condition';
  return { method: 'POST', path, endpoint: `POST ${path}`, isWrite: false, body: { ids } };
}

export function cancelRequest(jobid: string): ApiRequest {
  return {
    method: 'POST',
    path: `/task/${encodeURIComponent(jobid)}/cancel`,
    endpoint: 'POST /task/{id}/cancel',
    isWrite: true,
  };
}

export function imagineRequest(prompt: string, reply: ReplyFields): ApiRequest {
  return submit('imagine', { botType: 'MID_JOURNEY', prompt, ...reply });
}

/** @param base64 A picture as a `data:` address, as are those of a blend. */
export function describeRequest(base64: string, reply: ReplyFields): ApiRequest {
  return submit('describe', { botType: 'MID_JOURNEY', base64, ...reply });
}

export function blendRequest(base64Array: readonly string[], shape: string, reply: ReplyFields): ApiRequest {
  return submit('blend', { botType: 'MID_JOURNEY', base64Array, dimensions: shape.toUpperCase(), ...reply });
}

export function actionRequest(taskId: string, customId: string, reply: ReplyFields): ApiRequest {
  return submit('action', { taskId, customId, ...reply });
}

/** The older form of a press, by its name instead of its control. */
export function changeRequest(taskId: string, change: object, reply: ReplyFields): ApiRequest {
  return submit('change', { taskId, ...change, ...reply });
}

export function modalRequest(fields: ModalFields): ApiRequest {
  return submit('modal', fields);
}

function submit(name: string, body: object): ApiRequest {
  const path = `/submit/${name}`;
  return { method: 'POST', path, endpoint: `POST ${path}`, isWrite: true, takesSlot: true, body };
}
