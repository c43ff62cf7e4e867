import type { JobType } from '../api-job.ts';
import type { ApiRequest } from '../http/transport.ts';
import type { Sibling, SubmitFields } from './sibling.ts';

export function listRequest({ root, paths }: Sibling): ApiRequest {
  const path = `${root}${paths.list}`;
  return { method: 'GET', path, endpoint: `GET ${path}`, isWrite: false };
}

export function recordRequest({ root, paths }: Sibling, jobid: string, jobType: JobType): ApiRequest {
  const before = `${root}${paths.records[jobType]}`;
  return { method: 'GET', path: `${before}${toSegment(jobid)}`, endpoint: `GET ${before}{id}`, isWrite: false };
}

export function submitRequest(sibling: Sibling, fields: SubmitFields, jobType: JobType): ApiRequest {
  const path = `${sibling.root}${sibling.paths.submits[jobType]}`;
  const body = sibling.toSubmitBody(fields);
  return { method: 'POST', path, endpoint: `POST ${path}`, isWrite: true, takesSlot: true, body };
}

/** Undefined where the service ends no jobs. */
export function cancelRequest({ root, paths }: Sibling, jobid: string): ApiRequest | undefined {
  if (paths.cancel === undefined) return undefined;
  const before = `${root}${paths.cancel}`;
  return { method: 'DELETE', path: `${before}${toSegment(jobid)}`, endpoint: `DELETE ${before}{id}`, isWrite: true };
}

/** Of an id with signs that stand in paths as they are, which is how the service's own examples send them. */
function toSegment(jobid: string): string {
  return encodeURIComponent(jobid).replaceAll('%3A', ':').replaceAll('%40', '@');
}
