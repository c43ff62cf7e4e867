import { z } from 'zod';
import { parseJobid, qualify, unqualify } from './job-ids.ts';

/** Under which names the servers put the id of a job into what they send when it changes. */
const FIELDS = ['jobid', 'jobId', 'id', 'imageId', 'videoId'] as const;
const MAX_LENGTH = 200;

const NamedId = z.union([z.string().max(MAX_LENGTH), z.int().transform(String)]).optional();
const HintBody = z.object(Object.fromEntries(FIELDS.map((field) => [field, NamedId.catch(undefined)])));

/** What may be job ids in what a server sent, of all that it says; none where there is nothing of the kind. */
export function readNamedIds(body: unknown): readonly string[] {
  const named = Object.values(HintBody.safeParse(body).data ?? {});
  return [...new Set(named.filter((text) => text !== undefined))];
}

/** Those of the texts that are job ids of this board, with its account before them. */
export function toJobidsOf(board: string, texts: readonly string[]): readonly string[] {
  const { accountId } = unqualify(board);
  return texts.map((text) => qualify(accountId, text)).filter((jobid) => parseJobid(jobid)?.board === board);
}

/** What the servers call a job that is over, in small letters. */
const ENDS: ReadonlySet<string> = new Set([
  ...['completed', 'moderated', 'failed', 'cancelled'],
  ...['success', 'failure', 'cancel'],
]);
const EndBody = z.union([
  z.object({ status: z.string().refine((status) => ENDS.has(status.toLowerCase())) }),
  z.object({ statusFinal: z.literal(true) }),
]);

/** Whether what a server sent claims that a job has ended: good for an order in which jobs are read, and no more. */
export function claimsEnd(body: unknown): boolean {
  return EndBody.safeParse(body).success;
}
