import { toErrorMessage } from '../../src/shared/errors.ts';
import type { Logger } from '../../src/shared/logger.ts';
import { isRunning, type SandboxJob } from './sandbox-job.ts';
import type { UseapiWorld } from './world.ts';

const TIMEOUT_MS = 5000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

function isLoopback(address: string): boolean {
  return URL.canParse(address) && LOOPBACK.has(new URL(address).hostname);
}

/** v2 calls back at the end (and on progress for `seed_async`), v3 on every event. */
function isTold(job: SandboxJob): boolean {
  return job.version === 'v3' || job.verb === 'seed_async' || !isRunning(job);
}

/** Posts job records to their `replyUrl`, on loopback only; nothing is retried. Returns how to stop. */
export function startCallbacks(
  world: UseapiWorld,
  toRecord: (job: SandboxJob) => Record<string, unknown>,
  logger: Logger,
): () => void {
  const stopping = new AbortController();
  const stop = world.onChange((job) => {
    if (job.replyUrl === undefined || job.expired || !isTold(job)) return;
    if (!isLoopback(job.replyUrl)) {
      logger.info({ jobid: job.jobid }, 'callback not sent: the sandbox calls back on loopback only');
      return;
    }
    void post(job.replyUrl, toRecord(job), stopping.signal).catch((thrown: unknown) =>
      logger.info({ jobid: job.jobid, reason: toErrorMessage(thrown) }, 'callback failed'),
    );
  });
  return () => {
    stop();
    stopping.abort();
  };
}

async function post(url: string, record: Record<string, unknown>, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(record),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  await response.body?.cancel();
}
