import type { Logger } from '../../src/shared/logger.ts';
import type { Faults } from '../midjourney/faults.ts';
import type { Pictures } from '../midjourney/pictures.ts';
import type { RequestLog } from '../midjourney/request-log.ts';
import type { SandboxJob } from '../midjourney/sandbox-job.ts';
import { toRecordV2 } from './job-record-v2.ts';
import { toRecordV3 } from './job-record-v3.ts';
import type { MessageContext } from './message.ts';
import type { UseapiWorld } from './useapi-switches.ts';

/** What all routes share. */
export interface ApiContext {
  readonly world: UseapiWorld;
  readonly token: string;
  /** Root of the server, known once it listens. */
  readonly origin: () => string;
  readonly pictures: Pictures;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly logger: Logger;
}

function toMessageContext(api: ApiContext): MessageContext {
  return { origin: api.origin(), linksIssuedSince: api.world.startedAt };
}

/** A job's record in the shape of its version. */
export function toRecord(api: ApiContext, job: SandboxJob): Record<string, unknown> {
  if (job.version === 'v2') return toRecordV2(job, toMessageContext(api), api.world.switches);
  return toRecordV3(job, toMessageContext(api), api.world.switches);
}

/** Header and body field that say when to come back, as the switch has it. */
export function toRetryAfter(world: UseapiWorld): {
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number>>;
} {
  const { retryAfter, retryAfterSeconds } = world.switches;
  if (retryAfter === 'body') return { headers: {}, fields: { retryAfter: retryAfterSeconds } };
  if (retryAfter === 'seconds') return { headers: { 'retry-after': String(retryAfterSeconds) }, fields: {} };
  if (retryAfter === 'none') return { headers: {}, fields: {} };
  const date = new Date(world.clock.now() + retryAfterSeconds * 1000);
  return { headers: { 'retry-after': date.toUTCString() }, fields: {} };
}
