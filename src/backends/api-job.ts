/** A job's kind of result; `undefined` where the API does not say. */
export type JobType = 'image' | 'video';

/** A file that Midjourney attached to a job's message. `url` is a link that expires. */
export interface ApiAttachment {
  readonly id?: string;
  readonly url: string;
  /** Where the same file lies when `url` is gone. */
  readonly proxyUrl?: string;
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
  /** Where the same picture lies when `imageUrl` is gone. */
  readonly imageProxyUrl?: string;
}

export interface ApiSeed {
  readonly value?: number;
  readonly content?: string;
  readonly attachments: readonly ApiAttachment[];
}

/**
 * One job record, the same for all backends; only `jobid`, `board` and `status` are always there.
 * Times are epoch milliseconds.
 */
export interface ApiJob {
  readonly jobid: string;
  /** Which list names the job while it runs. */
  readonly board: string;
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
  /** 0 to 100. */
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
  /** Pictures that were blended, as people gave them. */
  readonly blendUrls?: readonly string[];
  /** `Portrait`, `Square`, `Landscape`. */
  readonly blendDimensions?: string;
  /** The picture that was described. */
  readonly describeUrl?: string;
  /** Slots of the job's API channel, as v2 says it with each job. */
  readonly maxJobs?: number;
  /** Other jobs that the same submit has made, paid once; in what a submit returns and nowhere else. */
  readonly batchmates?: readonly string[];
}

/** One running job as a list names it; some list nothing but the id. */
export interface RunningJob {
  readonly jobid: string;
  readonly board: string;
  readonly apiChannel?: string;
  readonly jobType?: JobType;
  readonly createdAt?: number;
}

/** One API channel's load; limits where the list gives them. */
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

/** What the list of one board said at `fetchedAt`. */
export interface RunningList {
  readonly board: string;
  readonly fetchedAt: number;
  readonly total: number;
  readonly images?: number;
  readonly videos?: number;
  readonly channels: readonly RunningChannel[];
  /** Records that the list held, also of jobs that have ended: they need no read each. */
  readonly records?: readonly ApiJob[];
  /** Whether it names only jobs that were asked for by their id: others may run that it does not name. */
  readonly isPartial?: boolean;
}
