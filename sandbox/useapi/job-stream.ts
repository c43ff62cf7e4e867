import { isRunning, type SandboxJob } from '../midjourney/sandbox-job.ts';
import type { UseapiWorld } from './useapi-switches.ts';

/**
 * A job's events as server-sent events: `initialized`, then one `midjourney_<status>` per change, ending with the job.
 * A reader that goes away leaves the job stuck, as with the real service.
 */
export function toJobStream(
  world: UseapiWorld,
  jobid: string,
  toRecord: (job: SandboxJob) => Record<string, unknown>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop: () => void = () => undefined;
  const toEvent = (name: string, data: unknown) => encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(toEvent('initialized', { jobid }));
      const send = (job: SandboxJob): void => {
        if (job.jobid !== jobid) return;
        controller.enqueue(toEvent(`midjourney_${job.status}`, toRecord(job)));
        if (isRunning(job)) return;
        stop();
        controller.close();
      };
      stop = world.onChange(send);
      const job = world.find(jobid);
      if (job !== undefined) send(job);
    },
    cancel() {
      stop();
      world.dropStream(jobid);
    },
  });
}
