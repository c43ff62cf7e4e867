/** What stands in the place of a job's words, where they are not shown; pure. */
export const hiddenWords = {
  leftOut: '(left out)',
  running: 'shown once it has been reviewed',
  awaiting: 'awaiting review',
  refused: 'not approved',
  ended: 'not shown, as it ended before it could be reviewed',
};

/** What is said where a job cannot be found, read, cancelled or made; pure. */
export const problemWords = {
  unknownJob: 'There’s no such job here. Pick one from the list while you type, or paste a whole `jobid`.',
  undecidedJob:
    'I don’t know this job yet. The API hasn’t confirmed a job that was started here, so a new one can take 10 minutes to show up.',
  ownAccount: 'Own account',
  ownAccountClosed:
    'I can’t open your server’s own account right now. Nothing was spent: someone with **Manage Server** can see why in `/setup`.',
  cancelRefused: 'This job couldn’t be cancelled and is still running. Refresh its card in a moment and try again.',
  inSeconds: (seconds: number) => `in ${seconds} s`,
  inMinutes: (minutes: number) => `in ${minutes} min`,
  inHalfAMinute: 'in half a minute',
  details: (what: readonly string[]) => what.join(' · '),
};

const ASK = 'Tell whoever runs me';

/**
 * What happened and what to do, by the backend's error code, for everybody; `{wait}` becomes the time that the API asks
 * for, `{of}` the account where a server has several.
 */
export const PROBLEM_SENTENCES: Readonly<Record<string, string>> = {
  'backend-invalid-jobid': 'That’s not a job ID. Pick a job from the list while you type, or paste a whole `jobid`.',
  'backend-invalid-request': `The API{of} didn’t accept that. ${ASK}.`,
  'backend-unauthorized': `The API{of} no longer accepts my token. ${ASK} to renew it.`,
  'backend-subscription': `The API account{of} has no subscription any more. ${ASK} to renew it.`,
  'backend-not-found': 'The API{of} doesn’t know this job. Check the ID, or pick a job from the list while you type.',
  'backend-expired': 'This job has expired: the API{of} keeps jobs for a month or two.',
  'backend-conflict': 'That was already done. Refresh the card to see the job it made.',
  'backend-credits': `The API account{of} has too few credits, so nothing was spent. ${ASK} to top it up.`,
  'backend-rejected-prompt': 'Midjourney refused the prompt. Change the words and try again.',
  'backend-busy': 'All slots of the API account{of} are busy. Try again {wait}; `/jobs` shows what’s running.',
  'backend-read-limit': 'This server has looked up too many jobs in a minute. Try again {wait}.',
  'backend-rate-limited': 'The API{of} is rate limiting me. Try again {wait}.',
  'backend-may-be-running':
    'The API{of} lost track of this, and it may be running. Check `/jobs` before you try again.',
  'backend-account-blocked':
    'The account behind this API channel takes no jobs: a moderation message, a captcha or an ended login blocks it. Its owner has to clear that, and reset the channel where there’s a button for it.',
  'backend-no-account': `The server{of} has no Midjourney account that can take this now. ${ASK}.`,
  'backend-server': 'The API{of} has trouble. Try again {wait}.',
  'backend-redirect': `The API{of} has moved. ${ASK} to check its address.`,
  'backend-unreachable': `I can’t reach the API{of}. Try again {wait}; if it stays like this, tell whoever runs me.`,
  'backend-connection-lost': 'The connection to the API{of} broke. Try again {wait}.',
  'backend-timed-out': 'The API{of} didn’t answer in time. Try again {wait}.',
  'backend-outcome-unknown': 'The answer got lost, and the job may be running. Check `/jobs` before you try again.',
  'backend-picture':
    'I couldn’t get that picture. Upload it to Discord as a PNG, JPEG, WebP or GIF of up to 10 MB and try again.',
  'backend-account-gone':
    'The account that made this job isn’t connected here any more. This is what I last knew of it.',
  'backend-client-closed': 'I’m restarting. Try again in a minute.',
};

/** Of an answer that is not in the API's format. */
export const UNREADABLE_ANSWER = `I can’t read the answer of the API{of}: it may have ended or moved. ${ASK}.`;

const SECRETS = 'check `USEAPI_TOKEN`, `MJ_SECRET`, what `ACCOUNTS_FILE` names, or your account in `/setup`';
const ADDRESSES = 'check `USEAPI_URL`, `MJ_URL`, the address in `ACCOUNTS_FILE`, or your own account in `/setup`';

/** What to check, for those who may configure, by the backend's error code. */
export const PROBLEM_CHECKS: Readonly<Record<string, string>> = {
  'backend-unauthorized': SECRETS,
  'backend-redirect': ADDRESSES,
  'backend-unreachable': ADDRESSES,
  'backend-unreadable': ADDRESSES,
};
