import type { PayloadCheck } from './payload-check.ts';
import { checkPayload, type PayloadKind, toRefusal } from './payload-rules.ts';
import { checkOwnRules } from './payload-rules-own.ts';

const KINDS: readonly (readonly [route: RegExp, kind: PayloadKind])[] = [
  [/^POST \/channels\/\{\w+\}\/messages$/, 'message-create'],
  [/^PATCH \/channels\/\{\w+\}\/messages\/\{\w+\}$/, 'message-edit'],
  [/^POST \/interactions\/.*\/callback$/, 'interaction-callback'],
  [/^PATCH \/webhooks\/.*\/messages\/.+$/, 'interaction-edit'],
  [/^POST \/webhooks\/\{\w+\}\/\{\w+\}$/, 'follow-up'],
  [/^PUT .*\/commands$/, 'commands'],
  [/^POST .*\/commands$/, 'command-create'],
  [/^PATCH .*\/commands\/\{\w+\}$/, 'command-edit'],
  [/^POST \/channels\/\{\w+\}\/threads$/, 'thread-create'],
  [/^POST \/channels\/\{\w+\}\/messages\/\{\w+\}\/threads$/, 'thread-from-message'],
];

/** Refuses a body for what Discord refuses it for; with `hasOwnRules` also for what this project forbids its own bot. */
export function createRequestCheck({ hasOwnRules = false } = {}): PayloadCheck {
  return (route, body, files) => {
    const kind = KINDS.find(([pattern]) => pattern.test(route))?.[1];
    if (kind === undefined) return null;
    const described = files.map(({ index, name, size }) => ({ id: index, name, size }));
    const problems = [
      ...checkPayload(kind, body, described),
      ...(hasOwnRules ? checkOwnRules(kind, body, described) : []),
    ];
    if (problems.length === 0) return null;
    const refusal = toRefusal(problems);
    return { status: refusal.status, ...refusal.body };
  };
}
