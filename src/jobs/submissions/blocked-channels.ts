import { boardOf, parseJobid } from '../../backends/accounts/job-ids.ts';
import { AccountBlockedError } from '../../backends/backend-errors.ts';
import type { PressRequest, SubmitRequest } from '../../backends/contract.ts';
import { compact } from '../../shared/compact.ts';
import { Listeners, type Subscribe } from '../../shared/listeners.ts';
import { forwardTo, type SubmissionApi } from './submission-api.ts';

/** 596: an API channel takes no jobs until it is reset. */
export interface BlockEvents {
  readonly board: string;
  /** None where the API chose the channel by itself. */
  readonly apiChannel?: string;
  /** There is no call that resets it. */
  readonly isUnresettable?: true;
}

export interface BlockReportingApi {
  readonly api: SubmissionApi;
  /** Calls the listener with each 596 before it is thrown; must not reject. */
  readonly onBlocked: Subscribe<[block: BlockEvents]>;
}

/** The same API, which reports each 596. */
export function withBlockEvents(api: SubmissionApi): BlockReportingApi {
  const blocked = new Listeners<[block: BlockEvents]>();
  return { api: toGuarded(api, (block) => blocked.emitInTurn(block)), onBlocked: blocked.on };
}

function toGuarded(api: SubmissionApi, report: (block: BlockEvents) => Promise<void>): SubmissionApi {
  const guard = async <T>(block: BlockEvents, submission: () => Promise<T>): Promise<T> => {
    const isUnresettable = api.capabilities(block.board).resets ? undefined : (true as const);
    try {
      return await submission();
    } catch (thrown) {
      if (thrown instanceof AccountBlockedError) await report({ ...block, ...compact({ isUnresettable }) });
      throw thrown;
    }
  };
  return {
    ...forwardTo(api),
    finishPress: (jobid, call) => guard(ofPress(call), () => api.finishPress(jobid, call)),
    submit: (call) => guard(ofSubmit(call), () => api.submit(call)),
    press: (call) => guard(ofPress(call), () => api.press(call)),
  };
}

function ofSubmit({ board, apiChannel }: SubmitRequest): BlockEvents {
  return { board, ...compact({ apiChannel }) };
}

function ofPress({ jobid }: PressRequest): BlockEvents {
  const apiChannel = parseJobid(jobid)?.apiChannel;
  return { board: boardOf(jobid) ?? '', ...compact({ apiChannel }) };
}
