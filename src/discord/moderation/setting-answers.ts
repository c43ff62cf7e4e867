import type { ChangeOutcome, SettingAction } from '../../moderation/guild-settings.ts';
import { Action, withGrant } from '../../moderation/policy.ts';
import { type QuotaScope, type ReviewSettings, type Settings, withQuota } from '../../moderation/settings.ts';
import { toWordKey, withListedWord, withoutListedWord } from '../../moderation/word-list.ts';
import { UserError } from '../../shared/errors.ts';
import { countOf } from '../../shared/text.ts';
import type { Answer } from '../core/answer.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import type { CommandCall } from '../core/handlers.ts';
import type { BotServices } from '../services.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { toSafeLine } from '../ui/outside-text.ts';
import { toSetAsideWarnings } from './set-aside-words.ts';
import { toChangeMessage, toSettingsOverview, toWordsList } from './settings-page.ts';

const MAX_WORDS = 500;
/** Grants that a server can have, so that its settings stay one readable document. */
const MAX_GRANTS = 200;
const MAX_ROLE_QUOTAS = 50;

/** `/mod allow` and `/mod deny`. */
export async function changeGrant(call: CommandCall, kind: 'allow' | 'deny'): Promise<Answer> {
  const action = Action.parse(call.options.requiredString('action'));
  const roleId = call.options.requiredString('role');
  return change(call, { action: 'permission-change', what: `/mod ${kind}` }, (settings) => {
    const grants = withGrant(settings.grants, kind, { action, roleId });
    if (grants.allow.length + grants.deny.length > MAX_GRANTS) throw tooMany('grants', MAX_GRANTS);
    return { ...settings, grants };
  });
}

/** `/mod quota`. */
export async function changeQuota(call: CommandCall): Promise<Answer> {
  const target = toQuotaScope(call.options.requiredString('scope'), call.options.string('role'));
  const perDay = call.options.requiredNumber('per-day');
  return change(call, { what: '/mod quota' }, (settings) => {
    const quotas = withQuota(settings.quotas, target, perDay);
    if (quotas.roles.length > MAX_ROLE_QUOTAS) throw tooMany('roles with a quota', MAX_ROLE_QUOTAS);
    return { ...settings, quotas };
  });
}

function toQuotaScope(scope: string, roleId: string | undefined): QuotaScope {
  if (scope === 'role') {
    if (roleId !== undefined) return { scope, roleId };
    throw new UserError('quota-role', 'Name the `role` that the quota is for, or pick another `scope`.');
  }
  if (roleId === undefined) return { scope: scope === 'server' ? 'server' : 'member' };
  throw new UserError('quota-role', 'A `role` goes with `scope: role` alone. Leave it out, or pick that scope.');
}

/** `/mod words add`. */
export async function addWord(call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  const then = call.options.string('then') === 'review' ? 'review' : 'refuse';
  const add = (settings: Settings) => {
    const words = withListedWord(settings.words, { word, then });
    if (words.length > MAX_WORDS) throw tooMany('listed words', MAX_WORDS);
    return { ...settings, words: [...words] };
  };
  return change(call, { what: '/mod words add' }, add, () => toFoldingWarnings(word));
}

/** Says how a word is compared where that is not how it was typed. */
function toFoldingWarnings(word: string): string[] {
  const key = toWordKey(word);
  if (key === word.toLowerCase()) return [];
  const [typed, folded] = [toSafeLine(word, 100), toSafeLine(key, 100)];
  return [`“${typed}” is compared as “${folded}”: prompts are read without accents, signs and look-alike letters.`];
}

/** `/mod words remove`. */
export async function removeWord(call: CommandCall): Promise<Answer> {
  const word = call.options.requiredString('word').trim();
  return change(call, { what: '/mod words remove' }, (settings) => {
    if (!settings.words.some((listed) => toWordKey(listed.word) === toWordKey(word))) {
      throw new UserError('word-unknown', 'This word is not listed. `/mod words list` shows all that are.');
    }
    return { ...settings, words: [...withoutListedWord(settings.words, word)] };
  });
}

/** `/mod words list`, a page of it. */
export function listWords({ caller, services }: Pick<CommandCall, 'caller' | 'services'>, page: number): Answer {
  return { message: toWordsList(services.settings.get(caller.guildId).words, page) };
}

/** `/mod review`: what is left out stays as it is. */
export async function changeReview(call: CommandCall): Promise<Answer> {
  const { caller, options, services } = call;
  const channelId = options.string('channel');
  if (channelId !== undefined) requireChannelAccess(services.directory, caller.guildId, channelId);
  const answer = await change(
    call,
    { what: '/mod review' },
    (settings) => ({ ...settings, review: toReviewSettings(settings.review, options) }),
    (settings) => toReviewWarnings(caller.guildId, settings, services),
  );
  await services.reviewDesk.postMissing(caller.guildId);
  return answer;
}

function toReviewSettings(
  { timeoutHours: known, ...before }: ReviewSettings,
  options: CommandCall['options'],
): ReviewSettings {
  const channelId = options.string('channel');
  const onTimeout = options.string('on-timeout');
  const timeoutHours = options.number('timeout-hours') ?? known ?? 0;
  return {
    ...before,
    mode: options.requiredString('mode') === 'on' ? 'on' : 'off',
    quorum: options.number('quorum') ?? before.quorum,
    ...(timeoutHours > 0 && { timeoutHours }),
    ...(channelId !== undefined && { channelId }),
    ...((onTimeout === 'publish' || onTimeout === 'drop' || onTimeout === 'remind') && { onTimeout }),
  };
}

/** `/mod alerts`: shows where they go; a channel or `mode: off` changes it. */
export async function changeAlerts(call: CommandCall): Promise<Answer> {
  const { caller, options, services } = call;
  const channelId = options.string('channel');
  const isOff = options.string('mode') === 'off';
  if (channelId === undefined && !isOff) return toAlertsAnswer(call);
  if (channelId !== undefined && isOff)
    throw new UserError('alerts-both', 'Choose a `channel`, or `mode: off` to turn alerts off, not both.');
  if (channelId !== undefined) requireChannelAccess(services.directory, caller.guildId, channelId);
  return change(call, { what: '/mod alerts' }, ({ alertsChannelId: _before, ...settings }) =>
    channelId === undefined ? settings : { ...settings, alertsChannelId: channelId },
  );
}

function toAlertsAnswer({ caller: { guildId }, services }: CommandCall): Answer {
  const { alertsChannelId } = services.settings.get(guildId);
  if (alertsChannelId === undefined)
    return { message: toNoticeMessage('🔕 Alerts are **off**. `/mod alerts channel:…` turns them on.') };
  const warnings = toChannelWarnings(guildId, 'The alerts channel', alertsChannelId, services);
  const lines = [`🔔 Alerts go to <#${alertsChannelId}>. \`/mod alerts mode:off\` turns them off.`, ...warnings];
  return { message: toNoticeMessage(lines.join('\n')) };
}

/** `/mod retention`; older entries are dropped within the hour, not at once. */
export async function changeRetention(call: CommandCall): Promise<Answer> {
  const days = call.options.requiredNumber('days');
  return change(
    call,
    { what: '/mod retention' },
    ({ logRetentionDays: _before, ...settings }) => (days === 0 ? settings : { ...settings, logRetentionDays: days }),
    () => (days === 0 ? [] : ['What is older is forgotten within the hour, and no undo brings it back after that.']),
  );
}

/** `/mod undo`. */
export async function undoChange({ caller, options, services }: CommandCall): Promise<Answer> {
  const entry = options.requiredNumber('entry');
  const outcome = await services.settings.undo(caller.guildId, caller.userId, entry);
  await services.reviewDesk.postMissing(caller.guildId);
  return {
    message: toChangeMessage(caller.guildId, outcome, toReviewWarnings(caller.guildId, outcome.settings, services)),
  };
}

/** `/mod settings`. */
export async function toSettingsAnswer({
  caller: { guildId },
  services,
}: Pick<CommandCall, 'caller' | 'services'>): Promise<Answer> {
  const settings = services.settings.get(guildId);
  const warnings = [
    ...toSetAsideWarnings(await services.settings.listSetAside(guildId)),
    ...toReviewWarnings(guildId, settings, services),
    ...toUnpostedWarnings(guildId, settings, services),
    ...toChannelWarnings(guildId, 'The alerts channel', settings.alertsChannelId, services),
  ];
  const openReviewCount = services.reviews.listOpen(guildId).length;
  return { message: toSettingsOverview({ guildId, settings, openReviewCount, warnings }) };
}

interface Intention {
  readonly action?: SettingAction;
  readonly what: string;
}

async function change(
  { caller: { guildId, userId }, services }: CommandCall,
  { action = 'setting-change', what }: Intention,
  act: (settings: Settings) => Settings,
  toWarnings: (settings: Settings) => readonly string[] = () => [],
): Promise<Answer> {
  const outcome: ChangeOutcome = await services.settings.change(guildId, { by: userId, action, what }, act);
  return { message: toChangeMessage(guildId, outcome, toWarnings(outcome.settings)) };
}

function toReviewWarnings(guildId: string, settings: Settings, services: BotServices): string[] {
  const { mode, channelId } = settings.review;
  const isUsed = mode === 'on' || settings.words.some(({ then }) => then === 'review');
  if (!isUsed) return [];
  if (channelId === undefined) {
    return ['There is no review channel: reviewers decide in `/job show`. `/mod review mode:on channel:…` sets one.'];
  }
  const warnings = toChannelWarnings(guildId, 'The review channel', channelId, services);
  const isOpenToAll = services.directory.channel(guildId, channelId)?.isOpenToAll === true;
  return isOpenToAll
    ? [...warnings, `Everyone can look into <#${channelId}>, and so at what waits for its review.`]
    : warnings;
}

function toUnpostedWarnings(guildId: string, { review }: Settings, { reviews }: BotServices): string[] {
  const count = reviews.listOpen(guildId).filter(({ card }) => card === undefined).length;
  if (count === 0 || review.channelId === undefined) return [];
  const next = 'They come by themselves once I may post there; until then reviewers decide in `/job show`.';
  return [`Not posted into <#${review.channelId}> yet: ${countOf(count, 'result')}. ${next}`];
}

function toChannelWarnings(
  guildId: string,
  what: string,
  channelId: string | undefined,
  { directory }: BotServices,
): string[] {
  if (channelId === undefined) return [];
  const channel = directory.channel(guildId, channelId);
  if (channel === undefined && !directory.isAvailable(guildId)) return [];
  if (channel === undefined) return [`${what} <#${channelId}> is gone, or I cannot see it.`];
  if (channel.missing.length === 0) return [];
  return [`${what} <#${channelId}> takes nothing from me: I lack **${channel.missing.join('**, **')}** there.`];
}

function tooMany(what: string, max: number): UserError {
  return new UserError('settings-full', `A server has at most ${max} ${what}. Remove some first.`);
}
