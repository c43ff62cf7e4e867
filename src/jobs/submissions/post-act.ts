import { UseapiError } from '../../backends/errors.ts';
import type { Act } from './submission.ts';
import type { ActApi, PressAnswer } from './submission-api.ts';

/** Sends an act's paid POST; what the API refuses, or leaves open, is returned. */
export async function postAct(api: ActApi, act: Act): Promise<PressAnswer | UseapiError> {
  const sent = { replyRef: act.id, isBusyFinal: true } as const;
  try {
    if (act.work.kind === 'submit') {
      const { version, prompt, apiChannel } = act.work;
      const call = { ...sent, version, prompt, ...(apiChannel !== undefined && { apiChannel }) };
      return { outcome: 'created', job: await api.imagine(call) };
    }
    const { jobid, label, prompt, mask } = act.work;
    const extras = { ...(prompt !== undefined && { prompt }), ...(mask !== undefined && { mask }) };
    return await api.pressButton({ ...sent, jobid, button: label, ...extras });
  } catch (thrown) {
    if (thrown instanceof UseapiError) return thrown;
    throw thrown;
  }
}
