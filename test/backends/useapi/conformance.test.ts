import type { SandboxVersion } from '../../../sandbox/midjourney/sandbox-job.ts';
import { startUseapiStandIn } from '../../../sandbox/useapi/useapi-stand-in.ts';
import { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { type ConformanceRig, describeBackend, type RigOptions } from '../conformance.ts';

const CALLS = {
  v2: {
    read: { method: 'GET', path: '^/v2/jobs/\\?jobid=' },
    list: { method: 'GET', path: '^/v2/jobs$' },
    submit: { method: 'POST', path: '^/v2/jobs/imagine$' },
    press: { method: 'POST', path: '^/v2/jobs/button$' },
  },
  v3: {
    read: { method: 'GET', path: '^/v3/midjourney/jobs/.' },
    list: { method: 'GET', path: '^/v3/midjourney/jobs$' },
    submit: { method: 'POST', path: '^/v3/midjourney/jobs/imagine$' },
    press: { method: 'POST', path: '^/v3/midjourney/jobs/button$' },
  },
} as const;
const UNKNOWN = {
  v2: 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney',
  v3: 'j1023141520123456789i-u12345-c1122334455667788990-bot:midjourney',
} as const;

async function startRig(version: SandboxVersion, options: RigOptions): Promise<ConformanceRig> {
  const standIn = await startUseapiStandIn({ speed: 0, maxJobs: 20 });
  const { url: baseUrl, token } = standIn;
  const backend = new UseapiClient({ ...options, baseUrl, token, clock: systemClock, logger: silentLogger });
  return {
    backend,
    board: version,
    secret: token,
    faults: standIn.faults,
    requests: standIn.requests,
    calls: CALLS[version],
    unknownJobid: UNKNOWN[version],
    startJob: (prompt) => standIn.world.startJob({ version, prompt }),
    startUpscale(parentJobid) {
      const wish = { version, prompt: 'an upscale', kind: 'upscale', button: 'U1', parentJobid } as const;
      const jobid = standIn.world.startJob(wish);
      standIn.world.advance(jobid, { to: 'completed' });
      return jobid;
    },
    advance: (jobid, change) => standIn.world.advance(jobid, change),
    jobCount: () => standIn.world.list().length,
    async close() {
      await backend.close();
      await standIn.close();
    },
  };
}

describeBackend('useapi v2', { secondStep: 'unused' }, (options) => startRig('v2', options));
describeBackend('useapi v3', { secondStep: 'unused' }, (options) => startRig('v3', options));
