import type { ApiVersion } from '../api-job.ts';
import type { ApiRequest } from './transport.ts';

/** The fields of a submit as the API spells them. */
export interface SubmitFields {
  readonly prompt?: string | undefined;
  readonly button?: string | undefined;
  readonly mask?: string | undefined;
  readonly channel?: string | undefined;
  readonly replyUrl?: string | undefined;
  readonly replyRef?: string | undefined;
}

export function listRequest(version: ApiVersion): ApiRequest {
  const path = version === 'v2' ? '/v2/jobs' : '/v3/midjourney/jobs';
  return { method: 'GET', path, endpoint: `GET ${path}`, version, isAct: false };
}

export function jobRequest(version: ApiVersion, jobid: string): ApiRequest {
  const root = version === 'v2' ? '/v2/jobs/?jobid=' : '/v3/midjourney/jobs/';
  const path = `${root}${encodeURIComponent(jobid)}`;
  return { method: 'GET', path, endpoint: `GET ${root}{jobid}`, version, isAct: false };
}

export function cancelRequest(version: ApiVersion, jobid: string): ApiRequest {
  const root = version === 'v2' ? '/v2/jobs/cancel/?jobid=' : '/v3/midjourney/jobs/';
  const method = version === 'v2' ? 'GET' : 'DELETE';
  const path = `${root}${encodeURIComponent(jobid)}`;
  return { method, path, endpoint: `${method} ${root}{jobid}`, version, isAct: true };
}

export function imagineRequest(version: ApiVersion, fields: SubmitFields): ApiRequest {
  return post(
    version,
    version === 'v2' ? '/v2/jobs/imagine' : '/v3/midjourney/jobs/imagine',
    withoutStream(version, fields),
  );
}

/** A 409 says that this was pressed before, which is an outcome and no failure. */
export function pressRequest(version: ApiVersion, jobid: string, fields: SubmitFields): ApiRequest {
  const path = version === 'v2' ? '/v2/jobs/button' : '/v3/midjourney/jobs/button';
  const parent = version === 'v2' ? { jobid } : { jobId: jobid };
  return { ...post(version, path, withoutStream(version, { ...parent, ...fields })), isConflictAnswer: true };
}

/** The spellings to try in turn: the API's own material holds two for v3. */
export function resetRequests(version: ApiVersion, apiChannel: string): readonly ApiRequest[] {
  const id = encodeURIComponent(apiChannel);
  const spellings =
    version === 'v2'
      ? ['/v2/account/midjourney/{channel}/reset']
      : ['/v3/midjourney/accounts/reset/{channel}', '/v3/midjourney/accounts/{channel}/reset'];
  return spellings.map((spelling) => ({
    method: 'POST',
    path: spelling.replace('{channel}', () => id),
    endpoint: `POST ${spelling}`,
    version,
    isAct: true,
  }));
}

export function proxyRequest(url: string): ApiRequest {
  const root = '/v1/proxy/cdn-midjourney/?cdnUrl=';
  return {
    method: 'GET',
    path: `${root}${encodeURIComponent(url)}`,
    endpoint: `GET ${root}{url}`,
    version: 'v3',
    isAct: false,
  };
}

function post(version: ApiVersion, path: string, body: object): ApiRequest {
  return { method: 'POST', path, endpoint: `POST ${path}`, version, isAct: true, takesSlot: true, body };
}

/** v3 streams by default, and a stream that drops leaves its job stuck for 14 minutes. */
function withoutStream(version: ApiVersion, fields: object): object {
  return version === 'v2' ? fields : { ...fields, stream: false };
}
