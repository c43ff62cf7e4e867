import type { UseapiStandIn } from '../sandbox/useapi/useapi-stand-in.ts';

const LIST = /^\/v3\/midjourney\/jobs(\?|$)/;
const READ = /^\/v3\/midjourney\/jobs\/([^/?]+)/;

/** Resolves at the bot's next list of running v3 jobs: the tick before it is over then, because ticks never overlap. */
export function nextList(useapi: UseapiStandIn): Promise<void> {
  return new Promise((resolve) => {
    const stop = useapi.onRequest(({ path }) => {
      if (!LIST.test(path)) return;
      stop();
      resolve();
    });
  });
}

/** Resolves when the bot has read each of these v3 jobs once and stored what it read. */
export async function waitForFirstReads(useapi: UseapiStandIn, jobids: readonly string[]): Promise<void> {
  const unread = new Set(jobids);
  await new Promise<void>((resolve) => {
    const stop = useapi.onRequest(({ path, status }) => {
      const jobid = READ.exec(path)?.[1];
      if (jobid === undefined || status !== 200) return;
      unread.delete(decodeURIComponent(jobid));
      if (unread.size > 0) return;
      stop();
      resolve();
    });
  });
  await nextList(useapi);
}
