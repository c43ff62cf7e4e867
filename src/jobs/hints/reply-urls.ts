import type { PaidOptions } from '../../backends/contract.ts';
import { compact } from '../../shared/compact.ts';
import { forwardTo, type SubmissionApi } from '../submissions/submission-api.ts';

/** Where a backend is to call back for a submission; undefined where it is not to. */
export type ReplyUrlFor = (replyRef: string) => Promise<string | undefined>;

/** The same API, which tells the backend with each paid call where to call back. */
export function withReplyUrls(api: SubmissionApi, replyUrlFor: ReplyUrlFor): SubmissionApi {
  const addTo = async <T extends PaidOptions>(call: T): Promise<T> => {
    const replyUrl = call.replyRef === undefined ? undefined : await replyUrlFor(call.replyRef);
    return { ...call, ...compact({ replyUrl }) };
  };
  return {
    ...forwardTo(api),
    submit: async (call) => api.submit(await addTo(call)),
    press: async (call) => api.press(await addTo(call)),
  };
}
