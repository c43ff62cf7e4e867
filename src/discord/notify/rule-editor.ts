import {
  type APIActionRowComponent,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIRoleSelectComponent,
  type APISelectMenuOption,
  ComponentType,
  SelectMenuDefaultValueType,
} from 'discord.js';
import type { KnownAccount } from '../../jobs/account-names.ts';
import { JobEvent } from '../../jobs/job-events.ts';
import type { Rule } from '../../notifications/rules/rule.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toEventLook } from '../ui/event-look.ts';
import { COLORS } from '../ui/notices.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { type EditedField, setRule, undoRule } from './rule-controls.ts';
import { type RuleView, toRuleButtons, toRuleText } from './rule-messages.ts';
import { KNOWN_VERBS } from './verbs.ts';
import { ruleWords } from './words.ts';

/** Stands for a condition that is not set. */
const NO_CONDITION = 'none';
/** A select has room for 25, one of which clears. */
const MAX_ACCOUNTS = 24;
const DIGESTS = [2, 5, 10, 20, 50];

export interface RuleResultOptions extends RuleView {
  readonly warnings?: readonly string[];
  /** Whether the rule is gone: shows how it was. */
  readonly isRemoved?: boolean;
  /** The change that an Undo takes back. */
  readonly revision?: number | undefined;
}

/** Says what was done to a rule, and how it stands now, to be changed on, or stood where it is removed. */
export function toRuleResult(did: string, rule: Rule, options: RuleResultOptions = {}): OutgoingMessage {
  const { warnings = [], isRemoved = false, revision, ...view } = options;
  const lines = [did, toRuleText(rule, view), ...warnings.map(ruleWords.warning)];
  const buttons = [
    ...(isRemoved ? [] : toRuleButtons(rule)),
    ...(revision === undefined ? [] : [undoRule.toButton({ revision }, ruleWords.buttons.undo)]),
  ];
  const body: APIComponentInContainer[] = [text(lines.filter(Boolean).join('\n'))];
  if (!isRemoved) body.push(...toSelects(rule, view.accounts ?? []));
  if (buttons.length > 0) body.push(row(...buttons));
  return { components: [container(warnings.length > 0 ? COLORS.warn : COLORS.good, body)] };
}

function toSelects(
  rule: Rule,
  accounts: readonly KnownAccount[],
): APIActionRowComponent<APIComponentInMessageActionRow>[] {
  const isChoosing = accounts.length > 1 || rule.account !== undefined;
  return [
    toEventSelect(rule),
    toSelect(rule, 'verb', toVerbOptions(rule)),
    toSelect(rule, 'type', toOptions(ruleWords.types, rule.type ?? NO_CONDITION)),
    ...(isChoosing ? [toSelect(rule, 'account', toAccountOptions(rule, accounts))] : []),
    toSelect(rule, 'media', toOptions(ruleWords.mediaChoices, rule.media)),
    toSelect(rule, 'digest', toDigestOptions(rule)),
    row(toRoleSelect(rule)),
  ];
}

function toSelect({ number }: Rule, field: EditedField, options: APISelectMenuOption[]) {
  return row(setRule.toSelect({ number, field }, ruleWords.placeholders[field], options));
}

function toEventSelect({ number, events }: Rule) {
  const options = JobEvent.options.map((event) => ({
    label: ruleWords.eventChoice(event),
    value: event,
    emoji: { name: toEventLook(event).sign },
    default: events.includes(event),
  }));
  const select = setRule.toSelect({ number, field: 'events' }, ruleWords.placeholders.events, options);
  return row({ ...select, min_values: 1, max_values: options.length });
}

function toVerbOptions({ verb }: Rule): APISelectMenuOption[] {
  const own = cutText(toPlainLine(verb ?? ''), 40, '');
  const known = own === '' || KNOWN_VERBS.includes(own) ? KNOWN_VERBS : [...KNOWN_VERBS, own];
  const options = known.map((value) => ({ label: ruleWords.verbChoice(value), value, default: value === own }));
  return [{ label: ruleWords.anyVerb(), value: NO_CONDITION, default: verb === undefined }, ...options];
}

function toAccountOptions({ account }: Rule, accounts: readonly KnownAccount[]): APISelectMenuOption[] {
  const own = accounts.find(({ key }) => key === account);
  const listed = own === undefined ? accounts : [own, ...accounts.filter((other) => other !== own)];
  const options = listed.slice(0, MAX_ACCOUNTS).map((known) => ({
    label: ruleWords.accountChoice(cutText(toPlainLine(known.name), 40)),
    value: known.key,
    default: known === own,
  }));
  return [{ label: ruleWords.anyAccount(), value: NO_CONDITION, default: account === undefined }, ...options];
}

function toOptions<T extends string>(labels: Readonly<Record<T, string>>, chosen: T): APISelectMenuOption[] {
  return Object.entries<string>(labels).map(([value, label]) => ({ label, value, default: value === chosen }));
}

function toDigestOptions({ digest }: Rule): APISelectMenuOption[] {
  const counts = [...new Set([...DIGESTS, ...(digest === undefined ? [] : [digest])])].sort((a, b) => a - b);
  const options = counts.map((count) => ({
    label: ruleWords.digestChoice(count),
    value: String(count),
    default: count === digest,
  }));
  return [{ label: ruleWords.noDigest(), value: '0', default: digest === undefined }, ...options];
}

/** Empty it to ping nobody. */
function toRoleSelect({ number, mentionRoleId }: Rule): APIRoleSelectComponent {
  const chosen = mentionRoleId === undefined ? [] : [mentionRoleId];
  return {
    type: ComponentType.RoleSelect,
    custom_id: setRule.toCustomId({ number, field: 'mention' }),
    placeholder: ruleWords.placeholders.mention,
    min_values: 0,
    max_values: 1,
    default_values: chosen.map((id) => ({ id, type: SelectMenuDefaultValueType.Role })),
  };
}
