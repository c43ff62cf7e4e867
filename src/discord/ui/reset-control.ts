import { ButtonStyle } from 'discord.js';
import { isApiChannel } from '../core/api-channel.ts';
import { ControlDefinition } from '../core/control.ts';
import { type Arg, oneOf, optional } from '../core/control-args.ts';

const apiChannel: Arg<string> = {
  toText: (value) => value,
  parse: (text) => (isApiChannel(text) ? text : undefined),
};

/** Clears a 596 of an API channel. */
export const resetApiChannel = new ControlDefinition({
  name: 'api-reset',
  args: { version: oneOf('v2', 'v3'), apiChannel, deliveryId: optional },
  requires: 'configure',
  acknowledges: 'private',
});

export const RESET_LOOK = { style: ButtonStyle.Danger } as const;
