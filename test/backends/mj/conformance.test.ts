import { startMjStandIn } from '../../../sandbox/mj/mj-stand-in.ts';
import type { MjFlavour, MjSwitches } from '../../../sandbox/mj/mj-switches.ts';
import { MjBackend } from '../../../src/backends/mj/mj-backend.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { type ConformanceRig, describeBackend, type RigOptions } from '../conformance.ts';

const READ = { method: 'GET', path: '^/mj/task/[^/]+/fetch$' };
const CALLS = {
  trueai: { list: { method: 'GET', path: '^/mj/task/list$' }, press: 'action' },
  novicezk: { list: { method: 'GET', path: '^/mj/task/queue$' }, press: 'change' },
  'new-api': { list: { method: 'POST', path: '^/mj/task/list-by-condition$' }, press: 'action' },
} as const;

async function startRig(
  switches: Partial<MjSwitches> & { flavour: MjFlavour },
  options: RigOptions,
): Promise<ConformanceRig> {
  const { flavour } = switches;
  const standIn = await startMjStandIn({ speed: 0, switches });
  const backend = new MjBackend({
    ...options,
    baseUrl: standIn.url,
    secret: standIn.secret,
    auth: flavour === 'new-api' ? 'bearer' : 'mj-api-secret',
    pictureHosts: [new URL(standIn.url).host],
    clock: systemClock,
    logger: silentLogger,
  });
  const { list, press } = CALLS[flavour];
  return {
    backend,
    board: 'mj',
    secret: standIn.secret,
    faults: standIn.faults,
    requests: standIn.requests,
    calls: {
      read: READ,
      list,
      submit: { method: 'POST', path: '^/mj/submit/imagine$' },
      press: { method: 'POST', path: `^/mj/submit/${press}$` },
    },
    aPictureUrl() {
      const jobid = standIn.startTask({ prompt: 'a picture to give' });
      standIn.world.advance(jobid, { to: 'completed' });
      return `${standIn.url}/image/${jobid}`;
    },
    unknownJobid: '1700000000000123',
    startJob: (prompt) => standIn.startTask({ prompt }),
    startUpscale(parentJobid) {
      const jobid = standIn.startTask({ prompt: 'an upscale', kind: 'upscale', button: 'U1', parentJobid });
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

describeBackend('mj, as trueai speaks it', { secondStep: 'used' }, (options) =>
  startRig({ flavour: 'trueai' }, options),
);
describeBackend('mj, as novicezk speaks it', { secondStep: 'no-such-button' }, (options) =>
  startRig({ flavour: 'novicezk' }, options),
);
describeBackend('mj, as new-api speaks it', { secondStep: 'used' }, (options) =>
  startRig({ flavour: 'new-api', imageUrls: 'texts', ids: 'number' }, options),
);
