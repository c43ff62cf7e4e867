import { ControlDefinition } from '../core/control.ts';

/** Beside a confirmation: nothing is done. */
export const keepIt = new ControlDefinition({
  name: 'keep',
  args: {},
  requires: 'view',
  acknowledges: 'update',
});
