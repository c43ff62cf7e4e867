import type { Permissions } from '../../moderation/permissions.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl, onForm, onOpener } from '../core/control.ts';
import type { Control, Form } from '../core/handlers.ts';
import { toHelpMessage } from './help-message.ts';
import { toSampleMessage } from './sample.ts';
import {
  accountForm,
  askRemoveAccount,
  openAccountForm,
  openSetup,
  pickAlerts,
  pickCreators,
  pickResults,
  pickReview,
  removeAccount,
  showSample,
  switchEveryone,
  turnOff,
  undoResults,
  undoSetting,
} from './setup-controls.ts';
import { type SetupHandlers, type SetupNeeds, setupHandlers } from './setup-handlers.ts';

export interface HelpNeeds {
  readonly permissions: Pick<Permissions, 'isAllowed'>;
  /** The id that Discord gave a command of ours in a server. */
  readonly commandId: (guildId: string, name: string) => string | undefined;
}

export type SetupFeatureNeeds = SetupNeeds & HelpNeeds;

/** `/setup` with its card, and `/help`. */
export interface SetupFeature {
  readonly setup: Pick<SetupHandlers, 'show'>;
  readonly help: (caller: Caller) => Promise<Answer>;
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

export function setupFeature(needs: SetupFeatureNeeds): SetupFeature {
  const setup = setupHandlers(needs);
  const forms = [onForm(accountForm, ({ caller, fields }) => setup.bringAccount(caller, fields))];
  return { setup, help: (caller) => showHelp(needs, caller), controls: toControls(setup, needs.clock), forms };
}

async function showHelp({ permissions, commandId }: HelpNeeds, caller: Caller): Promise<Answer> {
  const isAllowed: Parameters<typeof toHelpMessage>[0] = (action) => permissions.isAllowed(action, caller);
  return { message: toHelpMessage(isAllowed, (name) => commandId(caller.guildId, name)) };
}

function toControls(setup: SetupHandlers, clock: Clock): Control[] {
  return [
    onControl(openSetup, ({ caller }) => setup.show(caller)),
    onControl(pickCreators, ({ caller, values }) => setup.creators(caller, values)),
    onControl(switchEveryone, ({ caller }) => setup.everyone(caller)),
    onControl(pickResults, ({ caller, values }) => setup.results(caller, values)),
    onControl(pickReview, ({ caller, values }) => setup.review(caller, values)),
    onControl(pickAlerts, ({ caller, values }) => setup.alerts(caller, values)),
    onControl(turnOff, ({ caller, args: { what } }) => setup[what](caller, [])),
    onControl(undoSetting, ({ caller, args: { entry } }) => setup.undo(caller, entry)),
    onControl(undoResults, ({ caller, args: { change } }) => setup.undoResults(caller, change)),
    onOpener(openAccountForm, ({ caller }) => setup.account.form(caller)),
    onControl(askRemoveAccount, ({ caller, args: { accountId } }) => setup.account.askRemove(caller, accountId)),
    onControl(removeAccount, ({ caller, args: { accountId } }) => setup.account.remove(caller, accountId)),
    onControl(showSample, async () => ({ message: toSampleMessage(clock.now()) })),
  ];
}
