import { ButtonStyle } from 'discord.js';
import { isApiChannel } from '../core/api-channel.ts';
import { ControlDefinition } from '../core/control.ts';
import { type Arg, optional, required } from '../core/control-args.ts';

const apiChannel: Arg<string> = {
  toText: (value) => value,
  parse: (text) => (isApiChannel(text) ? text : undefined),
};

/** Clears a 596 of an API channel. */
export const resetApiChannel = new ControlDefinition({
  name: 'api-reset',
  args: { board: required, apiChannel, deliveryId: optional },
  requires: 'configure',
  acknowledges: 'private',
});

export const RESET_LOOK = { style: ButtonStyle.Danger } as const;

/** Where it is not known which API channel has a 596: offers those of the board that are known. */
export const chooseReset = new ControlDefinition({
  name: 'api-reset-choose',
  args: { board: required, deliveryId: optional },
  requires: 'configure',
  acknowledges: 'private',
});

/** The select of API channels, whose values are their ids: clears the 596 of the one that is picked. */
export const resetPicked = new ControlDefinition({
  name: 'api-reset-one',
  args: { board: required },
  requires: 'configure',
  acknowledges: 'private',
});

export const RESET_CHOOSE_LABEL = 'Reset…';
