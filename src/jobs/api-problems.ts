import { UseapiError } from '../backends/errors.ts';
import { UserError } from '../shared/errors.ts';

/** What happened and what to do, by the client's error code; `{wait}` becomes the time that the API asks for. */
const SENTENCES: Readonly<Record<string, string>> = {
  'useapi-invalid-jobid':
    'That is not a job id. Pick a job from the list that appears while you type, or paste a whole `jobid`.',
  'useapi-invalid-request': 'The API refused the request as not valid (400). Please tell the people who run this bot.',
  'useapi-unauthorized':
    'The API does not accept the bot’s token (401). Whoever runs the bot has to set `USEAPI_TOKEN` anew.',
  'useapi-subscription': 'The API account has no running subscription (402). Whoever runs the bot has to renew it.',
  'useapi-not-found': 'The API does not know this job (404). Check the id, or pick a job from the list while you type.',
  'useapi-expired': 'This job has expired (410): the API keeps jobs for a month or two. What it made is gone there.',
  'useapi-conflict': 'This was done before (409). Refresh the card to see the job that came of it.',
  'useapi-rejected-prompt': 'Midjourney refused the prompt (422). Change the words and try again.',
  'useapi-busy': 'All slots of the API account are taken (429). Try again {wait}; `/jobs` shows what is running.',
  'useapi-rate-limited': 'The API is rate limiting the bot (429). Try again {wait}.',
  'useapi-may-be-running':
    'The API lost track of the request (504). If it started a job, that job may well be running: look at `/jobs` before you try again.',
  'useapi-account-blocked':
    'The Discord account behind this API channel is held up by a moderation message or captcha (596) and takes no jobs. Its owner has to clear it and reset the channel.',
  'useapi-server': 'The API has trouble (5xx). Try again {wait}.',
  'useapi-redirect':
    'The API’s address redirects to another place, which the bot does not follow. Whoever runs the bot has to check `USEAPI_URL`.',
  'useapi-unreachable':
    'The API cannot be reached. Try again {wait}; if it stays so, whoever runs the bot has to check `USEAPI_URL`.',
  'useapi-connection-lost': 'The connection to the API broke. Try again {wait}.',
  'useapi-timed-out': 'The API did not answer in time. Try again {wait}.',
  'useapi-outcome-unknown':
    'The request was sent, but its answer was lost. If it started a job, that job may be running: look at `/jobs` before you try again.',
  'useapi-client-closed': 'The bot is shutting down. Try again in a minute.',
};

const UNREADABLE =
  'The API answered with something that is not its format. The service may have ended or moved: whoever runs the bot has to check `USEAPI_URL`.';

/** A sentence for people about a failed call; any other error is given back as it is. */
export function toUserError(thrown: unknown): unknown {
  return thrown instanceof UseapiError
    ? new UserError(thrown.code, toProblemSentence(thrown), { cause: thrown })
    : thrown;
}

/** What happened at the API and what to do next, in words; quotes the status, never a body or an address. */
export function toProblemSentence(error: UseapiError): string {
  const sentence = SENTENCES[error.code];
  if (sentence === undefined)
    return `${UNREADABLE} (${error.endpoint}${error.status === undefined ? '' : `, status ${error.status}`})`;
  return withStatus(sentence, error).replace('{wait}', toWaitText(error.retryAfterMs));
}

function withStatus(sentence: string, error: UseapiError): string {
  return error.status === undefined ? sentence : sentence.replace('(5xx)', `(${error.status})`);
}

function toWaitText(retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return 'in half a minute';
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`;
}

/** Whether the API says that it does not have the job, or no longer. */
export function isGoneError(error: UseapiError): boolean {
  return error.code === 'useapi-not-found' || error.code === 'useapi-expired';
}

/** Whether the API says that it had the job and has it no longer; a 404 alone may be a mishap. */
export function isExpiredError(error: UseapiError): boolean {
  return error.code === 'useapi-expired';
}
