import type { Verdict } from '../../moderation/reviews/review.ts';
import { countOf } from '../../shared/text.ts';
import { relativeTime } from '../ui/blocks.ts';
import { toList } from '../ui/lists.ts';

/**
 * What `/mod`, reviews and the log say; alerts have `alert-words.ts`. Pure: what comes from outside is escaped and cut
 * by whoever hands it in.
 */

/** A state of a setting: its first words, which stand out where it is new, and the rest. */
export type PartState = readonly [state: string, rest?: string];

/** What the settings are called and how they stand. */
export const partWords = {
  everyone: () => '@everyone',
  role: (roleId: string) => `<@&${roleId}>`,
  now: ([state, rest = '']: PartState) => `**${state}**${rest}`,
  was: ([state, rest = '']: PartState) => `${state}${rest}`,
  change: (subject: string, now: string, was: string) => `${subject} ${now} (was ${was})`,
  planned: (subject: string, now: string, later: string) =>
    `${subject} still ${now}${later === '' ? '' : `; once on: ${later}`}`,
  grant: (action: string, role: string) => `\`${action}\` for ${role} is`,
  word: (word: string) => `“${word}” is`,
  quota: (scope: string) => `Jobs a day for ${scope}:`,
  review: () => 'Review is',
  alerts: () => 'Alerts are',
  log: () => 'The log is kept',
  other: (name: string) => `${name}:`,
  grants: { none: 'default', allow: 'allowed', deny: 'denied' },
  words: { none: 'not listed', refuse: 'refused', review: 'reviewed first' },
  server: () => 'the whole server',
  member: () => 'each member',
  noQuota: () => 'no limit',
  default: () => 'default',
  switch: { on: 'on', off: 'off' },
  inChannel: (channelId: string) => ` in <#${channelId}>`,
  quorum: (votes: number) => `, ${votes} matching votes needed`,
  timeLimit: (hours: number, onTimeout: 'publish' | 'drop' | 'remind') =>
    `, ${{ publish: 'published', drop: 'dropped', remind: 'reminder' }[onTimeout]} after ${countOf(hours, 'hour')}`,
  keptFor: (days: number) => `for ${countOf(days, 'day')}`,
  keptForever: () => 'forever',
};

/** What a change of settings did, and how all of them stand. */
export const settingWords = {
  warning: (sentence: string) => `⚠️ ${sentence}`,
  hint: (sentence: string) => `-# ${sentence}`,
  hiddenCommands: (commands: readonly string[]) =>
    `Discord still hides ${toList(commands.map((name) => `\`${name}\``))} from members without **Manage Server**. Show ${commands.length === 1 ? 'it' : 'them'} to this role under Server Settings → Integrations.`,
  unchanged: () => 'Nothing changed: it was already like that.',
  /** Of what is set and plays no part as the rest is set. */
  unseen: () => 'Saved, without effect for now',
  changed: (sentence: string) => `✅ ${sentence}`,
  undone: (sentence: string) => `↩️ Undone: ${sentence}`,
  undo: () => 'Undo',
  heading: () => '### Moderation',
  allowed: (grants: string) => `**Allowed** ${grants || 'only the defaults'}`,
  denied: (grants: string) => `**Denied** ${grants || 'nothing'}`,
  quotas: (quotas: string) => `**Jobs a day** ${quotas || 'no limits'}`,
  quotaOf: (scope: string, perDay: number) => `${scope} ${perDay}`,
  words: (count: number) =>
    `**Words** ${count === 0 ? 'none listed' : `${countOf(count, 'word')}, see \`/mod words list\``}`,
  review: (settings: string, openCount: number) =>
    `**Review** ${settings}${openCount > 0 ? ` · ${countOf(openCount, 'result')} waiting` : ''}`,
  alerts: (where: string) => `**Alerts** ${where}`,
  log: (kept: string) => `**Log** kept ${kept}`,
  defaults: (groups: readonly { readonly needs: string; readonly actions: readonly string[] }[]) =>
    `-# By default: ${groups.map(({ needs, actions }) => `${needs} ${actions.map((action) => `\`${action}\``).join(' ')}`).join(' · ')}`,
  noWords: () => '### Listed words\nNone yet. `/mod words add` adds one.',
  wordsHeading: (count: number) => `### ${countOf(count, 'listed word')}`,
  listedWord: (word: string, then: 'refuse' | 'review') =>
    `- ${word}: ${{ refuse: 'refused', review: 'reviewed first' }[then]}`,
  wordUnknown: () => 'That word isn’t listed. See `/mod words list`.',
  folding: (typed: string, folded: string) =>
    `I look for “${folded}” instead of “${typed}”: accents, signs and look-alike letters don’t matter.`,
  quotaNeedsRole: () => 'Pick the `role` for this limit, or another `scope`.',
  quotaTakesNoRole: () => 'A `role` only goes with `scope: role`. Leave it out, or pick that scope.',
  tooMany: (what: 'grants' | 'roles' | 'words', max: number) =>
    `A server has room for ${max} ${{ grants: 'permissions', roles: 'roles with a limit', words: 'listed words' }[what]}. Remove some first.`,
  alertsBoth: () => 'Pick a `channel`, or `mode: off`, not both.',
  alertsAreOff: () => '🔕 Alerts are **off**. Pick a `channel` to turn them on.',
  alertsGoTo: (channelId: string) => `🔔 Alerts are **on** in <#${channelId}>. \`mode: off\` turns them off.`,
  retentionLoses: () => 'Older entries are deleted within the hour. After that, Undo can’t bring them back.',
};

/** What keeps the settings from working as they are set. */
export const warningWords = {
  noReviewChannel: () => 'There’s no review channel, so reviewers vote in `/job show`. Set one with `/mod review`.',
  reviewChannel: () => 'The review channel',
  alertsChannel: () => 'The alerts channel',
  openToAll: (channelId: string) =>
    `Everyone can see <#${channelId}>, so everyone sees results before they’re reviewed.`,
  unposted: (channelId: string, count: number) =>
    `${countOf(count, 'result')} not posted to <#${channelId}> yet. I keep trying; until then, vote in \`/job show\`.`,
  /** Of a review's card that Discord takes no change of, or of some. */
  stale: (ref: string, count: number, why: string) =>
    `I can’t update ${count === 1 ? `the review card of \`${ref}\`` : `${count} review cards`}: ${why}. I keep retrying; \`/job show\` has the current state.`,
  gone: (what: string, channelId: string) => `${what} <#${channelId}> is gone, or I can’t see it.`,
  missing: (what: string, channelId: string, missing: readonly string[]) =>
    `I can’t post in ${what.charAt(0).toLowerCase()}${what.slice(1)} <#${channelId}>: I’m missing ${toList(missing.map((name) => `**${name}**`))} there.`,
};

const NOTHING_DELETED = 'Nothing was deleted: whoever runs me can find it in the store.';

/** What of the store could not be read, by collection. */
export const setAsideWords = {
  'guild-settings': (at: number) =>
    `I couldn’t read this server’s settings ${relativeTime(at)}. Until you set them again, only the owner and administrators can use me, and every result waits for review. ${NOTHING_DELETED}`,
  rules: (at: number) =>
    `I couldn’t read some notification rules ${relativeTime(at)}. Check \`/notify list\` for what’s missing. ${NOTHING_DELETED}`,
  reviews: (at: number) =>
    `I couldn’t read a review ${relativeTime(at)}. It’s open again, without its votes. ${NOTHING_DELETED}`,
  log: (at: number) =>
    `I couldn’t read some log entries ${relativeTime(at)}, so \`/mod log\` lacks them. ${NOTHING_DELETED}`,
  'quota-days': (at: number) =>
    `I couldn’t read a day’s number of jobs ${relativeTime(at)}, so that day counts fewer. ${NOTHING_DELETED}`,
  others: (at: number, count: number) =>
    `I couldn’t read ${countOf(count, 'note')} about posts and cards, last ${relativeTime(at)}. ${NOTHING_DELETED}`,
};

/** What a member may do, started, and is known by. */
export const memberWords = {
  unknown: (userId: string) => `<@${userId}> isn’t a member of this server.`,
  mayDo: (userId: string, channelId: string | undefined) =>
    `### What <@${userId}> can do${channelId === undefined ? '' : ` in <#${channelId}>`}`,
  inChannel: () => '-# For this channel. Discord’s permissions can differ in others.',
  inServer: () => '-# For the whole server. Discord’s permissions can differ in single channels.',
  group: (needs: string) => `**${needs}**`,
  everyone: () => 'Everyone',
  decision: (sign: string, action: string, what: string) => `${sign} \`${action}\` ${what}`,
  because: (reason: string) => `-# ${reason}`,
  denied: (why: string, help: string) => `${why}. ${help}`,
  allowedToRole: (role: string) => `Allowed for ${role}`,
  has: () => 'Has the permission',
  always: { owner: 'Owns the server', administrator: 'Is an administrator', everyone: '' },
  deniedToRole: (role: string) => `Denied for ${role}`,
  lacks: () => 'Doesn’t have the permission',
  allowAgain: (roles: string) => `To fix: allow it for ${roles}, or remove that role from them`,
  wouldHelp: (helps: readonly string[]) =>
    `To fix: ${[...helps.map((help) => `give them ${help}`), 'use `/mod allow` with one of their roles'].join(', or ')}`,
  usageHeading: (month: string) => `### Jobs started in ${month}`,
  noUsage: () => 'None.',
  usageTotal: (total: number, members: number) => `${total} by ${countOf(members, 'member')}`,
  usageLine: (person: string, total: number) => `- ${person} **${total}**`,
  usagePeak: (day: string, count: number) => ` · most on ${day}: ${count}`,
  moreMembers: (count: number) => `-# and ${countOf(count, 'more member')}`,
  nothingKept: (userId: string) => `I keep nothing about <@${userId}>.`,
  allKept: (userId: string) =>
    `All that this server’s log, usage and reviews keep about <@${userId}>, one JSON document per line.`,
  noMember: () => 'That’s not a member. Start again with `/mod privacy`.',
  nameDeleted: (pseudonym: string) =>
    `✅ Done: ${pseudonym} replaces their name in this server’s log, usage and reviews. What they do from now on has their name again.`,
  nameStays: () =>
    'Their name stays on their jobs for up to 62 days, on cards and posts, and on their live cards and rules. New log entries about those jobs name them, too.',
  deleteName: (userId: string) =>
    `Replace <@${userId}> with a pseudonym in this server’s log, usage and reviews? Numbers stay. You can’t undo this.`,
  yesDelete: () => 'Yes, delete the name',
};

/** The log. */
/** What people call the fields of a rule; the others are called as they are stored. */
const RULE_FIELDS: Readonly<Record<string, string>> = {
  channelId: 'channel',
  mentionRoleId: 'mention',
  apiChannel: 'API channel',
  promptWords: 'words in the prompt',
  quiet: 'quiet hours',
};

const ACCOUNT_STEPS: Readonly<Record<string, string>> = {
  brought: 'brought',
  replaced: 'replaced',
  renewed: 'renewed the secret of',
  removed: 'removed',
};

export const logWords = {
  ruleField: (name: string) => RULE_FIELDS[name] ?? name,
  heading: (filter: readonly string[]) => `### Log${filter.length > 0 ? ` · ${filter.join(' · ')}` : ''}`,
  nothing: (isFiltered: boolean) => (isFiltered ? 'Nothing logged that matches.' : 'Nothing logged yet.'),
  newest: () => 'Newest',
  older: () => 'Older ▶',
  bot: () => 'The bot',
  line: (number: number, at: number, who: string, did: string) => `**#${number}** ${relativeTime(at)} · ${who} ${did}`,
  made: (ref: string) => ` → \`${ref}\``,
  of: (person: string) => ` of ${person}`,
  reason: (reason: string) => `: “${reason}”`,
  clicked: (button: string, ref: string) => `clicked **${button}** on \`${ref}\``,
  started: () => 'started a job',
  cancelled: (ref: string) => `cancelled \`${ref}\``,
  cancelledWaiting: () => 'cancelled a waiting job',
  voted: (verdict: Verdict, ref: string) =>
    `voted to ${{ approve: 'approve', reject: 'reject', ask: 'ask for a variation of' }[verdict]} \`${ref}\``,
  decided: (verdict: Verdict, ref: string) =>
    `${{ approve: 'approved', reject: 'rejected', ask: 'asked for a variation of' }[verdict]} \`${ref}\``,
  timedOut: () => ' because time ran out',
  set: (changes: string) => `changed the settings: ${changes}`,
  undid: (entry: string, changes: string) => `undid #${entry}${changes === '' ? '' : `: ${changes}`}`,
  reset: (apiChannel: string) => `reset the API channel ${apiChannel}`,
  rule: (what: string, rule: string, changes: string) =>
    `${RULE_STEPS[what] ?? 'changed'} rule #${rule}${changes === '' ? '' : `: ${changes}`}`,
  field: (name: string, now: string, was: string | undefined) =>
    was === undefined ? `${name} ${now}` : `${name} ${now} (was ${was})`,
  tried: (what: string) => `tried ${what} without permission`,
  refusedWord: (word: string) => `tried a prompt with the listed word “${word}”`,
  refusedQuota: (whose: string) => (whose === 'server' ? 'hit the server’s daily limit' : 'hit their daily limit'),
  account: (what: string, where: string) => `${ACCOUNT_STEPS[what] ?? 'changed'} the server’s own account: ${where}`,
  forgot: (person: string) => `deleted the name of ${person}`,
  other: (action: string, details: string) => `${action}${details === '' ? '' : `: ${details}`}`,
  yes: () => 'yes',
  none: () => 'none',
  empty: () => 'Nothing logged yet.',
  whole: () => 'The whole log of this server, one JSON document per line, oldest first.',
};

const RULE_STEPS: Readonly<Record<string, string>> = {
  add: 'added',
  edit: 'changed',
  pause: 'paused',
  resume: 'turned on',
  remove: 'removed',
  undo: 'undid a change of',
};

/** Reviews: cards, votes and what comes of them. */
export const reviewWords = {
  notApproved: () => 'This result wasn’t approved: only reviewers can see it.',
  verdicts: { approve: 'approve', reject: 'reject', ask: 'ask for a variation' },
  decided: { approve: 'Approved', reject: 'Rejected', ask: 'Variation asked for' },
  notice: (sentence: string) => `⚠️ ${sentence}`,
  notShown: (labels: readonly string[], why: string) => `-# Not shown here: ${labels.join(', ')} (${why})`,
  forumTitle: () => 'Moderation',
  heading: () => '🔎 Waiting for review',
  timeRanOut: () => ': time ran out',
  startedOutside: () => 'Started outside Discord',
  startedBy: (person: string) => `Started by ${person}`,
  because: (word: string | undefined) =>
    word === undefined ? 'The prompt has a listed word' : `The prompt has “${word}”`,
  finished: (at: number) => `Finished ${relativeTime(at)}`,
  decides: (quorum: number) => (quorum === 1 ? '1 vote decides' : `${quorum} matching votes needed`),
  withoutVotes: (onTimeout: 'publish' | 'drop' | 'remind', at: number) =>
    `Otherwise ${{ publish: 'published', drop: 'dropped', remind: 'I’ll remind you' }[onTimeout]} ${relativeTime(at)}`,
  decidedAt: (at: number) => `-# Decided ${relativeTime(at)}`,
  noVotes: () => '-# No votes yet',
  vote: (sign: string, person: string, verdict: string) => `${sign} ${person}: ${verdict}`,
  open: () => 'Open the job',
  buttons: { approve: 'Approve', reject: 'Reject', ask: 'Ask for a variation' },
  reminder: (ref: string, at: number) => `⏰ \`${ref}\` has been waiting for review since ${relativeTime(at)}.`,
  forms: {
    reject: { title: 'Reject the result', label: 'Why?' },
    ask: { title: 'Ask for a variation', label: 'What should be different?' },
  },
  requesterReads: () => 'Whoever started the job will read this.',
  nobodyReads: () => 'Only kept with the review: the job was started outside Discord.',
  none: () => 'There’s no review of this job here. See `/job show`.',
  over: () => 'This review is already decided, or isn’t from this server. See `/job show`.',
  reasonMissing: () => 'Please give a reason.',
  votesLeft: (missing: number) => `${countOf(missing, 'more matching vote')} needed.`,
  votedBefore: (verdict: string, left: string) => `You already voted to ${verdict}. ${left}`,
  counted: (verdict: string, previous: string | undefined, left: string) =>
    `🗳️ You voted to ${verdict}${previous === undefined ? '' : ` (before: ${previous})`}. ${left}`,
  youDecided: (verdict: Verdict) =>
    ({
      approve: '✅ Approved. I’m posting the result now.',
      reject: '⛔ Rejected. I’ll tell whoever started the job why.',
      ask: '🔁 I’ll ask whoever started the job for a variation. This result stays hidden.',
    })[verdict],
  youDecidedOutside: (sign: string) =>
    `${sign} Decided: this result stays hidden. It was started outside Discord, so there’s nobody to tell.`,
  decidedBefore: (verdict: string, people: readonly string[] | undefined, at: number) =>
    `Too late: already decided ${relativeTime(at)}${people === undefined ? ' when time ran out' : ` by ${toList(people)}`} (${verdict}).`,
};

/** What requesters read of the review of their job. */
export const verdictWords = {
  where: (job: string, server: string) => `${job} in **${server}**`,
  sentence: (verdict: Verdict, where: string) =>
    ({
      approve: `✅ Your job ${where} was approved.`,
      reject: `⛔ Your job ${where} was rejected, so it stays hidden.`,
      ask: `🔁 The reviewers want a variation of your job ${where}. This result stays hidden.`,
    })[verdict],
  timeout: () => 'Nobody decided in time.',
  prompt: (prompt: string) => `**Your prompt** ${prompt}`,
  next: () => 'To try again, change the prompt and use `/imagine`.',
  nextThere: () => 'To try again, change the prompt and use `/imagine` in that server.',
};
