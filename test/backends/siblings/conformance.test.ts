import type { SiblingStandInName } from '../../../sandbox/siblings/sibling-stand-in.ts';
import type { SiblingSwitches } from '../../../sandbox/siblings/sibling-switches.ts';
import { type ConformanceRig, describeBackend, type RigOptions } from '../conformance.ts';
import { startSiblingRig } from './sibling-rig.ts';

const CALLS = {
  minimax: {
    read: { method: 'GET', path: '^/v1/minimax/images/.' },
    list: { method: 'GET', path: '^/v1/minimax/scheduler/available$' },
    submit: { method: 'POST', path: '^/v1/minimax/images/create$' },
  },
  dreamina: {
    read: { method: 'GET', path: '^/v1/dreamina/images/.' },
    list: { method: 'GET', path: '^/v1/dreamina/scheduler$' },
    submit: { method: 'POST', path: '^/v1/dreamina/images$' },
  },
} as const;
const UNKNOWN = {
  minimax: 'user:12345-minimax:512345678-image:357846312387492374',
  dreamina: 'j0302140530123456789i-u12345-US:nobody@example.com-bot:dreamina',
} as const;
const MODELS = { minimax: 'midjourney-v7', dreamina: 'seedream-4.0' } as const;

async function startRig(
  service: SiblingStandInName,
  switches: Partial<SiblingSwitches>,
  options: RigOptions,
): Promise<ConformanceRig> {
  const more = { ...options, model: MODELS[service] };
  const { standIn, backend, close } = await startSiblingRig({ service, maxJobs: 20, switches }, more);
  return {
    backend,
    board: service,
    secret: standIn.token,
    faults: standIn.faults,
    requests: standIn.requests,
    calls: CALLS[service],
    unknownJobid: UNKNOWN[service],
    startJob: (prompt) => standIn.startJob({ prompt }),
    startUpscale: () => {
      throw new Error('There are no upscales.');
    },
    advance: (jobid, change) => standIn.world.advance(jobid, change),
    jobCount: () => standIn.paidCount(),
    close,
  };
}

describeBackend('MiniMax', { secondStep: 'no-buttons', tellsProgress: false, datesIds: false }, (options) =>
  startRig('minimax', {}, options),
);
describeBackend(
  'MiniMax, several pictures to a submit and little said',
  { secondStep: 'no-buttons', tellsProgress: false, datesIds: false },
  (options) => startRig('minimax', { batch: 4, listIds: 'videoId', recordRefs: 'absent', reasons: 'nowhere' }, options),
);
describeBackend('Dreamina', { secondStep: 'no-buttons', tellsProgress: false }, (options) =>
  startRig('dreamina', {}, options),
);
