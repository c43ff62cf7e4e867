import type { SubmitPictures } from '../contract.ts';
import type { ApiRequest } from '../http/transport.ts';
import type { ApiVersion } from './job-id.ts';
import { parseJob } from './schemas.ts';

/** A call of one version of the API. */
export interface UseapiRequest extends ApiRequest {
  readonly version: ApiVersion;
}

/** The fields of a submit as the API spells them. */
export interface SubmitFields {
  readonly prompt?: string | undefined;
  readonly button?: string | undefined;
  readonly mask?: string | undefined;
  readonly channel?: string | undefined;
  readonly replyUrl?: string | undefined;
  readonly replyRef?: string | undefined;
}

export function listRequest(version: ApiVersion): UseapiRequest {
  const path = version === 'v2' ? '/v2/jobs' : '/v3/midjourney/jobs';
  return { method: 'GET', path, endpoint: `GET ${path}`, version, isWrite: false };
}

export function jobRequest(version: ApiVersion, jobid: string): UseapiRequest {
  const root = version === 'v2' ? '/v2/jobs/?jobid=' : '/v3/midjourney/jobs/';
  const path = `${root}${encodeURIComponent(jobid)}`;
  return { method: 'GET', path, endpoint: `GET ${root}{jobid}`, version, isWrite: false };
}

export function cancelRequest(version: ApiVersion, jobid: string): UseapiRequest {
  const root = version === 'v2' ? '/v2/jobs/cancel/?jobid=' : '/v3/midjourney/jobs/';
  const method = version === 'v2' ? 'GET' : 'DELETE';
  const path = `${root}${encodeURIComponent(jobid)}`;
  return { method, path, endpoint: `${method} ${root}{jobid}`, version, isWrite: true };
}

export function imagineRequest(version: ApiVersion, fields: SubmitFields): UseapiRequest {
  return post(
    version,
    version === 'v2' ? '/v2/jobs/imagine' : '/v3/midjourney/jobs/imagine',
    withoutStream(version, fields),
  );
}

/** `fields` without prompt and button. */
export function picturesRequest(version: ApiVersion, pictures: SubmitPictures, fields: SubmitFields): UseapiRequest {
  const root = version === 'v2' ? '/v2/jobs' : '/v3/midjourney/jobs';
  const body = { ...toPictureFields(version, pictures), ...fields };
  return post(version, `${root}/${pictures.verb}`, withoutStream(version, body));
}

function toPictureFields(version: ApiVersion, pictures: SubmitPictures): object {
  if (pictures.verb === 'describe')
    return version === 'v2' ? { describeUrl: pictures.url } : { imageUrl: pictures.url };
  const { urls, shape: blendDimensions } = pictures;
  if (version === 'v2') return { blendUrls: urls, blendDimensions };
  return { ...Object.fromEntries(urls.map((url, at) => [`imageUrl_${at + 1}`, url])), blendDimensions };
}

/** A 409 says that this was pressed before, which is an outcome and no failure. */
export function pressRequest(version: ApiVersion, jobid: string, fields: SubmitFields): UseapiRequest {
  const path = version === 'v2' ? '/v2/jobs/button' : '/v3/midjourney/jobs/button';
  const parent = version === 'v2' ? { jobid } : { jobId: jobid };
  return { ...post(version, path, withoutStream(version, { ...parent, ...fields })), isConflictAnswer: true };
}

/** The spellings to try in turn: the API's own material holds two for v3. */
export function resetRequests(version: ApiVersion, apiChannel: string): readonly UseapiRequest[] {
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
    isWrite: true,
  }));
}

export function proxyRequest(url: string): UseapiRequest {
  const root = '/v1/proxy/cdn-midjourney/?cdnUrl=';
  return {
    method: 'GET',
    path: `${root}${encodeURIComponent(url)}`,
    endpoint: `GET ${root}{url}`,
    version: 'v3',
    isWrite: false,
    isMedia: true,
  };
}

function post(version: ApiVersion, path: string, body: object): UseapiRequest {
  return {
    method: 'POST',
    path,
    endpoint: `POST ${path}`,
    version,
    isWrite: true,
    takesSlot: true,
    body,
    readRejectedJob: (answer, nowMs) => parseJob(version, answer, undefined, nowMs),
  };
}

/** v3 streams by default, and a stream that drops leaves its job stuck for 14 minutes. */
function withoutStream(version: ApiVersion, fields: object): object {
  return version === 'v2' ? fields : { ...fields, stream: false };
}
