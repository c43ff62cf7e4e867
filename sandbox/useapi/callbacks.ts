import { toErrorMessage } from '../../src/shared/errors.ts';
import type { Logger } from '../../src/shared/logger.ts';
import { callBack, isCallableBack } from '../midjourney/call-back.ts';
import type { MidjourneyWorld } from '../midjourney/midjourney-world.ts';
import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';

/** v2 calls back at the end (and on progress for `seed_async`), v3 on every event. */
function isReportedByVersion(job: SandboxJob): boolean {
  return job.version === 'v3' || job.verb === 'seed_async' || !isRunning(job);
}

export interface CallbackRules {
  /** Which changes are reported; default: those that the job's API version reports. */
  readonly isReported?: (job: SandboxJob) => boolean;
  /** How often each is; default: once. */
  readonly times?: () => number;
}

/** Posts job records to their `replyUrl`, on loopback only; nothing is retried. Returns how to stop. */
export function startCallbacks(
  world: Pick<MidjourneyWorld<object>, 'onChange'>,
  toRecord: (job: SandboxJob) => Record<string, unknown>,
  logger: Logger,
  { isReported = isReportedByVersion, times = () => 1 }: CallbackRules = {},
): () => void {
  const stopping = new AbortController();
  const stop = world.onChange((job) => {
    if (job.replyUrl === undefined || job.expired || !isReported(job)) return;
    if (!isCallableBack(job.replyUrl)) {
      logger.info({ jobid: job.jobid }, 'callback not sent: the sandbox calls back on loopback only');
      return;
    }
    const record = toRecord(job);
    for (let sent = 0; sent < times(); sent += 1)
      void callBack(job.replyUrl, record, stopping.signal).catch((thrown: unknown) =>
        logger.info({ jobid: job.jobid, reason: toErrorMessage(thrown) }, 'callback failed'),
      );
  });
  return () => {
    stop();
    stopping.abort();
  };
}
