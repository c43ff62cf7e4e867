import { accountWords } from '../ui/words.ts';

/** What alerts say. Pure: what comes from outside is escaped and cut by whoever hands it in. */
export const alertWords = {
  open: () => 'Open the job',
  showSettings: () => 'Show the settings',
  on: (account: string) => `, ${accountWords.on(account)}`,
  startedBy: (userId: string) => `, started by <@${userId}>`,
  moderated: (ref: string, who: string) => `🚫 Midjourney moderated \`${ref}\`${who}.`,
  reason: (reason: string) => `**Reason** ${reason}`,
  prompt: (prompt: string) => `> ${prompt}`,
  refused: (by: string, ref: string | undefined) =>
    `🚫 Midjourney refused what <@${by}> asked for${ref === undefined ? '' : ` (\`${ref}\`)`}. Nothing was spent.`,
  lostContact: (ref: string, who: string) => `📡 No news of \`${ref}\` for too long${who}.`,
  blocked: (board: string, apiChannel: string | undefined) =>
    `🧱 ${board}: ${apiChannel === undefined ? 'an API channel' : `the API channel \`${apiChannel}\``} takes no jobs (596). Its Discord account has an open moderation message or captcha.`,
  blockedNext: () => 'Clear that in Discord first, then click **Reset**.',
  blockedUnknown: () => 'Clear that in Discord first, then click **Reset…** and pick the channel.',
  /** Of a service of which the bot can reset nothing. */
  blockedElsewhere: (board: string, apiChannel: string | undefined) =>
    `🧱 ${board}: ${apiChannel === undefined ? 'its account' : `the account \`${apiChannel}\``} takes no jobs (596).`,
  blockedElsewhereNext: () => 'Sign in to that account again at its service, or tell whoever runs me.',
  reset: () => 'Reset',
  /** Stands for a text that Discord’s filters refuse. */
  leftOut: () => 'Discord didn’t let me repeat it here.',
  suspended: (ruleNumber: number, channelId: string, why: string) =>
    `⛔ Rule #${ruleNumber} can’t post to <#${channelId}>: ${why}.`,
  suspendedNext: () => 'It resumes by itself once I may post there.',
  unposted: (ref: string, channelId: string | undefined, reason: string) =>
    `🔎 I couldn’t post the review of \`${ref}\`${channelId === undefined ? '' : ` to <#${channelId}>`}: ${reason}.`,
  unpostedNext: (channelId: string | undefined) =>
    `${channelId === undefined ? 'Set a channel with `/mod review`.' : 'I’ll post it once I may; `/mod review` sets another channel.'} Until then, vote in \`/job show\`.`,
  /** Why a review is not in its channel, as a sentence part. */
  noReviewChannel: () => 'there’s no review channel',
  takenNothing: () => 'Discord refused it',
  /** Why posts of a job never come, as a sentence part. */
  notApproved: () => 'it wasn’t approved',
};
