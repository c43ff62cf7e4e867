import { ControlDefinition } from '../core/control.ts';
import { oneOf, ordinal, required } from '../core/control-args.ts';

const configure = { requires: 'configure', acknowledges: 'update' } as const;

/** Opens the card, from the greeting; `deliveryId` lets the greeting be found again. */
export const openSetup = new ControlDefinition({
  name: 'setup-open',
  args: { deliveryId: required },
  requires: 'configure',
  acknowledges: 'private',
});
export const pickCreators = new ControlDefinition({ name: 'setup-creators', args: {}, ...configure });
export const switchEveryone = new ControlDefinition({ name: 'setup-everyone', args: {}, ...configure });
export const pickResults = new ControlDefinition({
  name: 'setup-results',
  args: {},
  requires: 'rules',
  acknowledges: 'update',
});
export const pickReview = new ControlDefinition({ name: 'setup-review', args: {}, ...configure });
export const pickAlerts = new ControlDefinition({ name: 'setup-alerts', args: {}, ...configure });
/** Turns review or alerts off, beside the channel that is picked. */
export const turnOff = new ControlDefinition({
  name: 'setup-off',
  args: { what: oneOf('review', 'alerts') },
  ...configure,
});
/** Undoes a change of a setting, by its entry in the log. */
export const undoSetting = new ControlDefinition({ name: 'setup-undo', args: { entry: ordinal }, ...configure });
/** Undoes a change of where results go; `change` is written by `results-undo.ts`. */
export const undoResults = new ControlDefinition({
  name: 'setup-undo-results',
  args: { change: required },
  requires: 'rules',
  acknowledges: 'update',
});
export const showSample = new ControlDefinition({
  name: 'setup-sample',
  args: {},
  requires: 'configure',
  acknowledges: 'private',
});
/** Opens the form of the server's own account. */
export const openAccountForm = new ControlDefinition({
  name: 'setup-account',
  args: {},
  requires: 'configure',
  acknowledges: 'form',
});
/** The form itself. */
export const accountForm = new ControlDefinition({ name: 'setup-account-form', args: {}, ...configure });
/** Asks before the server's own account is removed. */
export const askRemoveAccount = new ControlDefinition({
  name: 'setup-account-ask',
  args: { accountId: required },
  requires: 'configure',
  acknowledges: 'private',
});
export const removeAccount = new ControlDefinition({
  name: 'setup-account-remove',
  args: { accountId: required },
  ...configure,
});
