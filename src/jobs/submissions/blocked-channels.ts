import type { ApiVersion } from '../../backends/api-job.ts';
import { AccountBlockedError } from '../../backends/errors.ts';
import { parseJobid, versionOf } from '../../backends/useapi/job-id.ts';
import { compact } from '../../shared/compact.ts';
import type { ActApi, ImagineCall, PressCall } from './submission-api.ts';

/** 596: an API channel takes no jobs until it is reset. */
export interface BlockNews {
  readonly version: ApiVersion;
  /** None where the API chose the channel by itself. */
  readonly apiChannel?: string;
}

export interface TellingApi {
  readonly api: ActApi;
  /** Calls `listener` with each 596 before it is thrown; must not reject. */
  onBlocked(listener: (news: BlockNews) => Promise<void>): void;
}

/** The same API, which tells of each 596. */
export function withBlockNews(api: ActApi): TellingApi {
  const listeners: ((news: BlockNews) => Promise<void>)[] = [];
  const tell = async (news: BlockNews) => {
    for (const listener of listeners) await listener(news);
  };
  return { api: toGuarded(api, tell), onBlocked: (listener) => void listeners.push(listener) };
}

function toGuarded(api: ActApi, tell: (news: BlockNews) => Promise<void>): ActApi {
  const guard = async <T>(news: BlockNews, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (thrown) {
      if (thrown instanceof AccountBlockedError) await tell(news);
      throw thrown;
    }
  };
  return {
    readJob: (...args) => api.readJob(...args),
    listRunning: (...args) => api.listRunning(...args),
    cancelJob: (...args) => api.cancelJob(...args),
    resetChannel: (...args) => api.resetChannel(...args),
    imagine: (call) => guard(ofSubmit(call), () => api.imagine(call)),
    pressButton: (call) => guard(ofPress(call), () => api.pressButton(call)),
  };
}

function ofSubmit({ version, apiChannel }: ImagineCall): BlockNews {
  return { version, ...compact({ apiChannel }) };
}

function ofPress({ jobid }: PressCall): BlockNews {
  const apiChannel = parseJobid(jobid)?.apiChannel;
  return { version: versionOf(jobid) ?? 'v3', ...compact({ apiChannel }) };
}
