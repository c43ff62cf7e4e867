import { compact } from '../../shared/compact.ts';
import { UserError } from '../../shared/errors.ts';
import { notificationProblemWords } from '../words.ts';
import { type Changed, type GuildRules, type RuleActor, type RuleStep, requireRoom } from './guild-rules.ts';
import type { Rule } from './rule.ts';

/** What an undo did: a rule that it brought back has no `before`, one that it removed no `after`. */
export type UndoneChange =
  | { readonly before?: Rule; readonly after: Rule }
  | { readonly before: Rule; readonly after?: undefined; readonly revision: number };

function requireStep(steps: readonly RuleStep[], revision: number): RuleStep {
  const step = steps.find((other) => other.revision === revision);
  if (step === undefined) throw new UserError('undo-too-old', notificationProblemWords.undoTooOld);
  return step;
}

/** What Discord makes of the channel is as it is now, not as it was. */
function withStateOf(rule: Rule, now: Rule | undefined): Rule {
  const { suspended: _suspended, delayed: _delayed, ...bare } = rule;
  if (now?.channelId !== rule.channelId) return bare;
  return { ...bare, ...compact({ suspended: now.suspended, delayed: now.delayed }) };
}

/** The rules without one of their last changes, which becomes a change of its own. @throws UserError */
export function undoStep(
  { nextNumber, rules, steps = [] }: GuildRules,
  revision: number,
  change: { readonly actor: RuleActor; readonly revision: number },
): Changed<UndoneChange> {
  const step = requireStep(steps, revision);
  const number = (step.after ?? step.before)?.number;
  const now = rules.find((rule) => rule.number === number);
  if (now?.revision !== step.after?.revision)
    throw new UserError('undo-changed-since', notificationProblemWords.changedSince);
  const others = rules.filter((rule) => rule !== now);
  if (step.before !== undefined) {
    if (now === undefined) requireRoom(rules);
    const after = { ...withStateOf(step.before, now), revision: change.revision };
    const all = [...others, after].sort((one, other) => one.number - other.number);
    const result = { ...compact({ before: now }), after };
    return { next: { nextNumber, rules: all }, result, edit: { what: 'undo', actor: change.actor, ...result } };
  }
  if (now === undefined) throw new UserError('undo-too-old', notificationProblemWords.undoTooOld);
  const result = { before: now, revision: change.revision };
  return { next: { nextNumber, rules: others }, result, edit: { what: 'undo', actor: change.actor, before: now } };
}
