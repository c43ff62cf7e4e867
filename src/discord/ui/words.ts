import { countOf } from '../../shared/text.ts';

/** What is said of accounts; their names are escaped by whoever hands them in. */
export const accountWords = {
  unknown: (names: readonly string[]) =>
    names.length > 1
      ? `There’s no such account here. Pick one of these: ${names.join(', ')}.`
      : 'There’s no such account here: this server has one only, so leave `account` out.',
  on: (name: string) => `on ${name}`,
  jobOn: (ref: string, name: string | undefined) => `\`${ref}\`${name === undefined ? '' : ` on ${name}`}`,
};

/** How events look: by themselves, on a card, and after “The job”. */
export const eventWords = {
  started: { word: 'Running', words: 'has started' },
  completed: { word: 'Completed', words: 'is complete' },
  moderated: { word: 'Moderated', words: 'was moderated' },
  failed: { word: 'Failed', words: 'has failed' },
  cancelled: { word: 'Cancelled', words: 'was cancelled' },
  'lost-contact': { word: 'Lost contact', words: 'has not been heard of for too long' },
  expired: { word: 'Expired', words: 'has expired' },
};

/** Why Discord takes no posts in a channel: sentence parts, after a colon. */
export const refusalWords = {
  missing: (permissions: string) => `I’m missing ${permissions} there`,
  missingSome: 'I’m missing a permission there',
  gone: 'the channel is gone',
  says: (reason: string) => `Discord says “${reason}”`,
};

/** Sentences that several features say. */
export const uiWords = {
  button: (label: string, ref: string) => `**${label}** on \`${ref}\``,
  linkRemoved: '(link removed)',

  // What came of a submission
  started: (name: string, about: string) => `▶️ ${name} started. ${about}`.trim(),
  /** `job`: its ref, formatted; so too below. */
  found: (name: string, job: string, about: string) =>
    `🔎 The answer to ${name} got lost, but it did start: ${job}. ${about}`.trim(),
  existing: (name: string, job: string) => `☑️ ${name} was already done: ${job}. Nothing was spent.`,
  inDoubt: (name: string, reason: string) => `📡 ${name}: ${reason}`,
  failed: (name: string, reason: string) => `❌ ${name} didn’t start: ${reason} Nothing was spent.`,
  /** `before`: what is left today; empty where nothing limits. */
  costOfTryAgain: (before = '') =>
    `I can’t tell whether it started, and I won’t resend it on my own. **Try again** checks first; if nothing started, it makes a new job and uses one more${before === '' ? '' : ` (${before})`}.`,
  startedIn: (serverName: string) => `You started it in **${serverName}**.`,
  refused: (name: string, reason: string) =>
    `🚫 Midjourney refused ${name}: ${reason}\nNothing was spent. Change the prompt and try again.`,
  noReason: 'it gave no reason.',
  moderated: (job: string, what: string, reason: string) => `🚫 Midjourney moderated your job ${job}${what}${reason}`,
  startedInShow: (serverName: string, ref: string) =>
    `You started it in **${serverName}**: \`/job show job:${ref}\` shows it there.`,

  // Submissions that wait
  waitsNoMore: 'It’s no longer in line. `/jobs` shows what is running.',
  waitedAndIs: (name: string, ref: string) => `▶️ ${name} is no longer in line: it’s \`${ref}\`.`,
  notTaken: (name: string, reason: string) => `❌ ${name} didn’t start: ${reason}`,
  waitedAndSent: (name: string) => `📡 ${name} was sent and is no longer in line. \`/jobs\` shows what is running.`,
  sending: '⏳ It’s your turn: starting now.',
  cancelledWaiting: '⏹️ Cancelled while it was in line. Nothing was spent.',

  // Controls
  keep: 'Keep it',
  kept: 'Okay, nothing changed.',
  ruleTag: (ruleNumber: number) => `Rule #${ruleNumber}`,
  severalFit: (count: number) => `${countOf(count, 'job')} match. Which one?`,
  showJob: 'Show the job',
  noCard: 'That message isn’t a card of one of my jobs. Pick one with a **Refresh** button, or type `/job show`.',

  // Direct messages
  someServer: 'a server',
  missedMention: (channelId: string) =>
    `I couldn’t ping you in <#${channelId}>: Discord no longer takes my messages there.`,
  missedMentionShow: (ref: string, serverName: string) => `\`/job show job:${ref}\` shows it in **${serverName}**.`,
  jobEnded: (sign: string, job: string, words: string) => `${sign} Your job ${job} ${words}.`,
  ruleSuspended: (ruleNumber: number, channelId: string, reason: string) =>
    `⛔ Your rule #${ruleNumber} can’t post to <#${channelId}>: ${reason}.`,
  ruleResumes:
    'It resumes by itself once I can post there again, and posts what is waiting. `/notify list` shows its state.',
};
