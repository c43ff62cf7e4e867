import type { NotificationEvent } from '../../notifications/notification-events.ts';
import { countOf } from '../../shared/text.ts';
import { relativeTime } from '../ui/blocks.ts';
import { toList } from '../ui/lists.ts';
import { accountWords } from '../ui/words.ts';

/** What a job does, by the name of the event in a rule. */
const EVENT_VERBS: Readonly<Record<string, string>> = {
  started: 'starts',
  completed: 'completes',
  moderated: 'is moderated',
  failed: 'fails',
  cancelled: 'is cancelled',
};

const toEventVerb = (event: string) => EVENT_VERBS[event] ?? event;

/**
 * What `/notify` and `/watch` say. Pure: what comes from outside is escaped and cut by whoever hands it in, and so are
 * lists of parts.
 */

export const ruleWords = {
  saved: (number: number) => `✅ Rule #${number} saved.`,
  changed: (number: number) => `✅ Rule #${number} changed.`,
  paused: (number: number) => `⏸️ Rule #${number} paused.`,
  resumed: (number: number) => `▶️ Rule #${number} is on again.`,
  isLikeThat: (number: number) => `Nothing changed: rule #${number} is already like that.`,
  wasPaused: (number: number) => `Rule #${number} is already paused.`,
  wasOn: (number: number) => `Rule #${number} is already on.`,
  removed: (number: number) => `🗑️ Rule #${number} removed.`,
  undone: (number: number) => `↩️ Undone: rule #${number} is as it was.`,
  broughtBack: (number: number) => `↩️ Undone: rule #${number} is back.`,
  takenAway: (number: number) => `↩️ Undone: rule #${number} is gone.`,
  warning: (sentence: string) => `⚠️ ${sentence}`,
  unknownVerb: (verb: string) => `I don’t know the verb “${verb}”, so this rule may never post. Pick one below.`,
  duplicate: (number: number) => `Rule #${number} already does exactly this. You can remove one of them.`,
  nothingToEdit: () => 'Nothing to change. Add an option besides `rule`; `none` clears a condition.',
  mentionTwice: () => 'Choose `mention` or `mention-nobody`, not both.',
  promptWords: (max: number, clear: string) =>
    `Give 1 to ${max} words that must be in the prompt, or \`${clear}\` for any prompt.`,
  none: () => '### Notification rules\nNo rules yet. `/notify add` picks a channel to post to when jobs end.',
  heading: (count: number) => `### ${countOf(count, 'notification rule')}`,
  rule: (number: number, channelId: string, events: readonly string[]) =>
    `**#${number}** → <#${channelId}> when a job ${toList(events.map(toEventVerb), 'or')}`,
  verb: (verb: string) => `only ${verb} jobs`,
  type: (type: 'image' | 'video') => `only ${type}s`,
  apiChannel: (apiChannel: string) => `only API channel ${apiChannel}`,
  account: (name: string) => `only jobs of ${name}`,
  /** Stands for the name of an account that the server may no longer use. */
  goneAccount: () => 'an account that is gone',
  prompt: (words: string) => `prompt has “${words}”`,
  mentions: (roleId: string) => `pings <@&${roleId}>`,
  media: (media: 'spoiler' | 'none') => ({ spoiler: 'pictures as spoilers', none: 'no pictures' })[media],
  quiet: (hours: string) => `silent ${hours}`,
  digest: (count: number) => `one post for more than ${count} in 10 minutes`,
  suspended: (at: number, why: string) =>
    `⛔ Can’t post since ${relativeTime(at)}: ${why}. It resumes by itself once I may.`,
  isPaused: (at: number, by: string) => `⏸️ Paused ${relativeTime(at)} by <@${by}>`,
  isPausedByLeaving: (at: number) =>
    `⏸️ Paused since I was removed from this server ${relativeTime(at)}. Click **Resume** to go on.`,
  delayed: (at: number, why: string) => `⏳ Posts are late since ${relativeTime(at)}: ${why}. I keep retrying.`,
  choice: (number: number, channel: string, events: string) => `#${number} → #${channel}: ${events}`,
  buttons: { pause: 'Pause', resume: 'Resume', edit: 'Edit', test: 'Test', remove: 'Remove', undo: 'Undo' },
  placeholders: {
    events: 'When to post',
    verb: 'Which jobs',
    type: 'Images or videos',
    account: 'Which account',
    media: 'Pictures',
    digest: 'When it gets busy',
    mention: 'Ping nobody',
  },
  eventChoice: (event: string) => `When a job ${toEventVerb(event)}`,
  anyVerb: () => 'All kinds of jobs',
  verbChoice: (verb: string) => `Only ${verb} jobs`,
  anyAccount: () => 'All accounts',
  accountChoice: (name: string) => `Only jobs of ${name}`,
  types: { none: 'Images and videos', image: 'Only images', video: 'Only videos' },
  mediaChoices: { full: 'With pictures', spoiler: 'Pictures as spoilers', none: 'Without pictures' },
  noDigest: () => 'A post for each job',
  digestChoice: (count: number) => `One post for more than ${count} in 10 minutes`,
  /** Suggestions for `events`. */
  usualEvents: () => 'completed, moderated, failed (default)',
  anyVerbChoice: () => 'none (any verb)',
  anyAccountChoice: () => 'none (any account)',
  noQuiet: () => 'none (never silent)',
};

export const sampleWords = {
  posted: (number: number, channelId: string, link: string) =>
    `✅ Sample of rule #${number} posted in <#${channelId}>: [post](${link})`,
  refused: (says: string, channelId: string) =>
    `I couldn’t post the sample: ${says}. Check my permissions in <#${channelId}> and try again.`,
  noJob: () => 'There’s no job to show yet. Start one with `/imagine` and try again.',
  remark: () => 'Sample: this is how posts of this rule look.',
};

export const watchWords = {
  added: (ref: string) => `👀 Following \`${ref}\` here. I’ll ping you when it’s done.`,
  joined: (ref: string) => `👀 This channel already follows \`${ref}\`. I’ll ping you too when it’s done.`,
  'already-over': (ref: string) => `\`${ref}\` is already done. See it with \`/job show\`.`,
  stopped: (channelId: string, ref: string) => `⏹️ Stopped following \`${ref}\` in <#${channelId}>. Its card stays.`,
  left: (ref: string) => `↩️ Undone: I won’t ping you about \`${ref}\`.`,
  ended: (channelId: string, ref: string) => `↩️ Undone: <#${channelId}> doesn’t follow \`${ref}\` any more.`,
  resumed: (channelId: string, ref: string) => `↩️ Undone: <#${channelId}> follows \`${ref}\` again.`,
  unknown: (channelId: string) => `This job has no live card in <#${channelId}>. See \`/watch list\`.`,
  none: () => '### Live cards\nNone right now. `/watch add` follows a running job in the channel you’re in.',
  heading: (count: number) => `### ${countOf(count, 'live card')}`,
  page: (page: number, pageCount: number) => ` · page ${page} of ${pageCount}`,
  card: (ref: string, channelId: string, at: number, people: string) =>
    `\`${ref}\` in <#${channelId}> since ${relativeTime(at)} · pings ${people}`,
  morePeople: (count: number) => ` and ${count} more`,
  stop: () => 'Stop',
  pick: { add: 'Follow a job…', remove: 'Stop following…' },
  undo: () => 'Undo',
};

/** What channels read. */
export const noticeWords = {
  lostContact: () => 'No news of this job for too long. Click **Check** to ask for it.',
  event: (sign: string, ref: string, words: string, account: string) =>
    `${sign} The job \`${ref}\`${account === '' ? '' : ` ${accountWords.on(account)}`} ${words}.`,
  refused: () => 'wasn’t approved',
  reasonInDetails: () => '**Details** shows why to whoever started it.',
  check: () => 'Check',
  refresh: () => 'Refresh',
  details: () => 'Details',
  toCard: () => 'Go to the card',
  openOne: () => 'Open a job…',
  openSome: (first: number, last: number) => `Open a job, ${first} to ${last}…`,
  batchTitle: (count: number) => countOf(count, 'job'),
  batchHeading: (count: number) => `### ${countOf(count, 'job')} in one message`,
  batchIntro: {
    summary: 'I couldn’t post these when they happened.',
    digest: 'Too much happened here for single posts.',
  },
};

/** What a rule wants, by its first condition that did not hold; `was`: what the job has instead. */
const MISMATCHES: Readonly<Record<string, (wanted: string, was: string) => string>> = {
  paused: () => 'paused',
  events: (wanted) => `only posts ${wanted}`,
  type: (wanted, was) => `only ${wanted}s (this one: ${was})`,
  verb: (wanted, was) => `only ${wanted} jobs (this one: ${was})`,
  account: (wanted, was) => `only account ${wanted} (this one: ${was})`,
  apiChannel: (wanted, was) => `only API channel ${wanted} (this one: ${was})`,
  prompt: (wanted, was) => `only prompts with “${wanted}” (this one: ${was})`,
};

/** Why a job was posted, or was not. */
export const explainWords = {
  pick: () => 'Explain a job…',
  unseen: () => 'I don’t know this job, so there’s nothing to explain.',
  event: (event: NotificationEvent, at: number) => `**${event}**, seen ${relativeTime(at)}`,
  noRule: () => '-# no rule was checked',
  gone: () =>
    'The API no longer knows this job, so I can’t tell how it ended. Only live cards show that; no rule posts it.',
  endedBefore: (at: number) =>
    `I first saw it ${relativeTime(at)}, when it was already over. I only post about jobs that I saw running.`,
  notAsked: (at: number) =>
    `I first saw it ${relativeTime(at)}, and nothing has happened since. \`/notify list\` shows your rules.`,
  liveCard: (channelId: string, fate: string) => `live card in <#${channelId}>: ${fate}`,
  matched: (rule: string, fate: string) => `✓ ${rule} matched · ${fate}`,
  quietNow: () => ' · quiet hours are on now',
  shownByCard: () => 'the job’s live card shows it',
  nothingPlanned: () => 'nothing to post',
  ruleName: (number: number) => `#${number}`,
  removedRule: (number: number) => `#${number} (removed since)`,
  notMatched: (rules: readonly string[], why: string) => `✗ ${rules.join(', ')}: ${why}`,
  noMatch: () => 'doesn’t match',
  mismatch: (condition: string, wanted: string, was: string) => MISMATCHES[condition]?.(wanted, was) ?? condition,
};

/** What has become of a post. */
export const deliveryWords = {
  none: () => '### Last posts\nNothing posted yet. `/notify add` adds a rule, `/notify test` posts a sample.',
  heading: () => '### Last posts',
  line: (ref: string, event: NotificationEvent, channelId: string, rules: string, fate: string) =>
    `\`${ref}\` ${event} → <#${channelId}> (${rules}): ${fate}`,
  liveCard: () => 'live card',
  afterTries: (tries: number) => `, took ${tries} tries`,
  /** `code`: Discord's, for those who may configure. */
  answer: (says: string, code: number | undefined) => ` · last try: ${says}${code === undefined ? '' : ` (${code})`}`,
  nextTry: (at: number) => ` · next try ${relativeTime(at)}`,
  dropped: (why: string) => `not posted: ${why}`,
  noReason: () => 'I don’t know why',
  held: () => 'awaiting review',
  planned: () => 'in line',
  sending: () => 'posting now',
  notTaken: () => 'not posted yet',
  waitsToBePosted: (manner: string) => `waiting to be posted${manner}`,
  posted: (at: number, manner: string, link: string | undefined) =>
    `posted ${relativeTime(at)}${manner}${link === undefined ? '' : ` · [post](${link})`}`,
  inBatch: (batch: string) => `in a ${batch}`,
  byCard: () => 'as the live card’s ping',
  silently: () => 'silently',
  reduced: () => 'shortened',
};
