import { InvalidRequestError } from '../../src/backends/backend-errors.ts';
import type { Backend, Capabilities } from '../../src/backends/contract.ts';

const CAPABILITIES: Capabilities = {
  cancels: true,
  resets: true,
  namesForeignJobs: true,
  listHoldsRecords: false,
  submits: true,
  presses: 'with-prompts',
  echoesReplyRef: false,
};

/** What a fake backend has that takes presses in one step and does not find jobs by reference, as useapi. */
export const ONE_STEP: Pick<Backend, 'capabilities' | 'findByReplyRef' | 'finishPress'> = {
  capabilities: () => CAPABILITIES,
  findByReplyRef: async () => undefined,
  finishPress: async () => {
    throw new InvalidRequestError({ endpoint: 'finishPress' });
  },
};
