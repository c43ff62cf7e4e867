import { z } from 'zod';
import type { MidjourneyWorld } from '../midjourney/midjourney-world.ts';

/** One switch per behaviour that the API's documentation leaves open; each default is the likelier reading. */
export const UseapiSwitches = z.object({
  /** v3 list: whether a channel without running jobs is listed (with zeros). */
  idleChannels: z.enum(['listed', 'omitted']),
  /** v3: status of the answer that holds the existing child of a repeated U1–U4. */
  repeatedUpscaleStatus: z.union([z.literal(200), z.literal(201)]),
  /** v3: which spelling of the account reset exists; the other one answers 404. */
  resetSpelling: z.enum(['reset-channel', 'channel-reset', 'both']),
  /** Cancel of a job that has ended. */
  cancelEndedStatus: z.union([z.literal(200), z.literal(204), z.literal(400), z.literal(404), z.literal(409)]),
  /** 429: how the answer says when to come back: header in seconds, header as a date, body field, or not at all. */
  retryAfter: z.enum(['none', 'seconds', 'date', 'body']),
  /** Seconds named by `retryAfter`. */
  retryAfterSeconds: z.number().int().min(0).max(3600),
  /** v3: where a record carries `replyRef`; `nowhere` holds for v2 too. */
  replyRefPlace: z.enum(['request', 'response', 'top', 'everywhere', 'nowhere']),
  /** Calls to `replyUrl`: one for each event, none, or each three times, as a server would that tries again. */
  callbacks: z.enum(['sent', 'lost', 'repeated']),
  /** v3: key of the `children` map: the button (value: job id) or the job id (value: button and message id). */
  childrenMap: z.enum(['by-button', 'by-jobid']),
  /** v3: whether a job that has not started has a `response`. */
  youngResponse: z.enum(['missing', 'present']),
  /** Which versions refuse a prompt with a refused word on submit; others accept it and moderate it later. */
  refusedSubmit: z.enum(['v2', 'both']),
  /** What all API answers are: normal, or an HTML page or a redirect as after the end of the service. */
  service: z.enum(['normal', 'html', 'redirect', 'gone']),
  /** How JSON answers are compressed, for those who say that they take it. */
  encoding: z.enum(['none', 'gzip', 'deflate', 'br', 'zstd']),
});
export type UseapiSwitches = Readonly<z.infer<typeof UseapiSwitches>>;

export const defaultSwitches: UseapiSwitches = {
  idleChannels: 'omitted',
  repeatedUpscaleStatus: 200,
  resetSpelling: 'both',
  cancelEndedStatus: 409,
  retryAfter: 'none',
  retryAfterSeconds: 10,
  replyRefPlace: 'request',
  callbacks: 'sent',
  childrenMap: 'by-button',
  youngResponse: 'missing',
  refusedSubmit: 'v2',
  service: 'normal',
  encoding: 'none',
};

/** The stand-in's state, with this API's switches. */
export type UseapiWorld = MidjourneyWorld<UseapiSwitches>;
