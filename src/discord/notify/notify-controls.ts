import type { Action } from '../../moderation/policy.ts';
import type { Control } from '../core/handlers.ts';
import type { ExplainHandlers } from './explain-handlers.ts';
import type { RuleHandlers } from './rule-handlers.ts';
import type { WatchHandlers } from './watch-handlers.ts';

export interface NotifyHandlers {
  readonly rules: Pick<RuleHandlers, 'list' | 'test'>;
  readonly posts: Pick<ExplainHandlers, 'explainJob'>;
  readonly watches: Pick<WatchHandlers, 'remove' | 'list'>;
}

/** What is under the replies of `/notify` and `/watch`. */
export function notifyControls({ rules, posts, watches }: NotifyHandlers): Control[] {
  return [
    guarded('rules', {
      name: 'rules-page',
      acknowledges: 'update',
      run: ({ caller, args: [page = '0'] }) => rules.list(caller, Number.parseInt(page, 10) || 0),
    }),
    guarded('rules', {
      name: 'rule-test',
      acknowledges: 'private',
      run: ({ caller, args: [number = ''] }) => rules.test(caller, Number.parseInt(number, 10)),
    }),
    guarded('rules', {
      name: 'explain-page',
      acknowledges: 'update',
      run: ({ caller, args: [ref = '', page = '0'] }) => posts.explainJob(caller, ref, Number.parseInt(page, 10) || 0),
    }),
    guarded('share', {
      name: 'watch-stop',
      acknowledges: 'private',
      run: ({ caller, args: [channelId = '', ref = ''] }) => watches.remove({ ...caller, channelId }, ref),
    }),
    guarded('share', {
      name: 'watch-page',
      acknowledges: 'update',
      run: ({ caller, args: [page = '0'] }) => watches.list(caller, Number.parseInt(page, 10) || 0),
    }),
  ];
}

function guarded(action: Action, control: Extract<Control, { acknowledges: 'update' | 'private' | 'beside' }>): Control {
  return {
    ...control,
    async run(call) {
      call.services.permissions.requireAllowed(action, call.caller);
      return control.run(call);
    },
  };
}
