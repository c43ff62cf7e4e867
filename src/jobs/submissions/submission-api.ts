import type { Backend } from '../../backends/contract.ts';
import type { JobApi } from '../job-api.ts';

/** What submissions need of a backend; no submission is sent twice by it. */
export type SubmissionApi = JobApi &
  Pick<Backend, 'capabilities' | 'submit' | 'press' | 'finishPress' | 'findByReplyRef' | 'resetChannel'>;

/** The same API as another object, of which some calls can be replaced. */
export function forwardTo(api: SubmissionApi): SubmissionApi {
  return {
    readJob: (...args) => api.readJob(...args),
    listRunning: (...args) => api.listRunning(...args),
    cancel: (...args) => api.cancel(...args),
    resetChannel: (...args) => api.resetChannel(...args),
    capabilities: (...args) => api.capabilities(...args),
    findByReplyRef: (...args) => api.findByReplyRef(...args),
    finishPress: (...args) => api.finishPress(...args),
    submit: (...args) => api.submit(...args),
    press: (...args) => api.press(...args),
  };
}
