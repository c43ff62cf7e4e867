/** The API versions this client speaks. */
export type ApiVersion = 'v2' | 'v3';

/** A job's kind of result; `undefined` where the API does not say. */
export type JobType = 'image' | 'video';

/** A file that Midjourney attached to a job's message. `url` is a link that expires. */
export interface ApiAttachment {
  readonly id?: string;
  readonly url: string;
  readonly filename?: string;
  readonly contentType?: string;
  /** Bytes. */
  readonly size?: number;
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
}

/** One entry of `imageUx` or `videoUx`: a single result behind the media proxy. `id` counts from 1. */
export interface ApiUpscale {
  readonly id: number;
  /** `https://cdn.midjourney.com/<GUID>/…`: leads to the account, never shown to anyone. */
  readonly url: string;
}

/** A job made by pressing one of this job's buttons. */
export interface ApiChild {
  readonly jobid?: string;
  readonly button?: string;
  readonly messageId?: string;
}

export interface ApiEmbed {
  readonly title?: string;
  readonly description?: string;
  readonly imageUrl?: string;
}

export interface ApiSeed {
  readonly value?: number;
  readonly content?: string;
  readonly attachments: readonly ApiAttachment[];
}

/**
 * One job record, the same for v2 and v3; only `jobid`, `version` and `status` are always there.
 * Times are epoch milliseconds.
 */
export interface ApiJob {
  readonly jobid: string;
  readonly version: ApiVersion;
  /** As the API spells it: `created started progress completed moderated failed cancelled`, open-ended. */
  readonly status: string;
  readonly verb?: string;
  readonly jobType?: JobType;
  readonly createdAt?: number;
  readonly updatedAt?: number;
  readonly prompt?: string;
  /** The button whose press made this job. */
  readonly button?: string;
  readonly parentJobid?: string;
  readonly apiChannel?: string;
  readonly content?: string;
  /** 0 to 100, from `progress_percent` (v3) or from `content` (v2). */
  readonly progressPercent?: number;
  readonly error?: string;
  readonly errorDetails?: string;
  /** The body's own `code`; not the HTTP status. */
  readonly bodyCode?: number;
  readonly messageId?: string;
  readonly replyRef?: string;
  readonly attachments: readonly ApiAttachment[];
  /** The button set, verbatim and in the API's order. */
  readonly buttons: readonly string[];
  readonly imageUx: readonly ApiUpscale[];
  readonly videoUx: readonly ApiUpscale[];
  readonly children: readonly ApiChild[];
  readonly embeds: readonly ApiEmbed[];
  readonly seed?: ApiSeed;
}

/** One running job as a list names it; v2 lists nothing but the id. */
export interface RunningJob {
  readonly jobid: string;
  readonly version: ApiVersion;
  readonly apiChannel?: string;
  readonly jobType?: JobType;
  readonly createdAt?: number;
}

/** One API channel's load; limits are known in v3 only. */
export interface RunningChannel {
  readonly apiChannel: string;
  readonly total: number;
  readonly images?: number;
  readonly videos?: number;
  readonly maxJobs?: number;
  readonly maxImageJobs?: number;
  readonly maxVideoJobs?: number;
  readonly jobs: readonly RunningJob[];
}

/** What one version's list said at `fetchedAt`. */
export interface RunningList {
  readonly version: ApiVersion;
  readonly fetchedAt: number;
  readonly total: number;
  readonly images?: number;
  readonly videos?: number;
  readonly channels: readonly RunningChannel[];
}
