import type { ApiJob, ApiVersion } from '../../backends/api-job.ts';
import type { JobApi } from '../job-api.ts';

interface Sent {
  /** Comes back with every record of the job. */
  readonly replyRef: string;
  /** A 429 is told at once. */
  readonly isBusyFinal: true;
}

export interface ImagineCall extends Sent {
  readonly version: ApiVersion;
  readonly prompt: string;
  readonly apiChannel?: string;
}

export interface PressCall extends Sent {
  readonly jobid: string;
  readonly button: string;
  readonly prompt?: string;
  readonly mask?: string;
}

export type PressAnswer =
  | { readonly outcome: 'created'; readonly job: ApiJob }
  | { readonly outcome: 'existing'; readonly jobid: string; readonly job?: ApiJob };

/** What acting needs of the API client; every call throws `UseapiError`, and no act is sent twice by it. */
export interface ActApi extends JobApi {
  imagine(call: ImagineCall): Promise<ApiJob>;
  pressButton(call: PressCall): Promise<PressAnswer>;
  resetChannel(version: ApiVersion, apiChannel: string): Promise<void>;
}
