import { ControlDefinition } from '../core/control.ts';
import { count, maybe, oneOf, optional, ordinal } from '../core/control-args.ts';

/** The page, from 1, of the list that a control stands in; none under a message about one rule. */
const page = maybe(ordinal);
const ofRule = { number: ordinal, page };

/** Previous and Next under the list; `use` tells them apart. */
export const turnRulesPage = new ControlDefinition({
  name: 'rules-page',
  args: { page: count, use: optional },
  requires: 'rules',
  acknowledges: 'update',
});
/** Post a sample, under what was done to a rule and beside it in the list. */
export const postSample = new ControlDefinition({
  name: 'rule-test',
  args: { number: ordinal },
  requires: 'rules',
  acknowledges: 'private',
});
export const pauseRule = new ControlDefinition({
  name: 'rule-pause',
  args: ofRule,
  requires: 'rules',
  acknowledges: 'update',
});
export const resumeRule = new ControlDefinition({
  name: 'rule-resume',
  args: ofRule,
  requires: 'rules',
  acknowledges: 'update',
});
export const removeRule = new ControlDefinition({
  name: 'rule-remove',
  args: ofRule,
  requires: 'rules',
  acknowledges: 'update',
});
/** Opens the editor of a rule. */
export const editRule = new ControlDefinition({
  name: 'rule-edit',
  args: { number: ordinal },
  requires: 'rules',
  acknowledges: 'private',
});
/** Takes back the change of this revision. */
export const undoRule = new ControlDefinition({
  name: 'rule-undo',
  args: { revision: ordinal, page },
  requires: 'rules',
  acknowledges: 'update',
});

/** What the selects of the editor change. */
const EDITED_FIELDS = ['events', 'verb', 'type', 'account', 'media', 'digest', 'mention'] as const;
export type EditedField = (typeof EDITED_FIELDS)[number];

/** The selects of the editor, whose values are those of the field. */
export const setRule = new ControlDefinition({
  name: 'rule-set',
  args: { number: ordinal, field: oneOf(...EDITED_FIELDS) },
  requires: 'rules',
  acknowledges: 'update',
});
