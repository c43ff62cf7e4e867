import type { Action } from './policy.ts';

/** What the action is called in a sentence about a member who may not do it. */
export const ACTION_TEXTS: Readonly<Record<Action, string>> = {
  view: 'look at jobs',
  submit: 'start jobs',
  press: 'click the buttons of jobs',
  'cancel-own': 'cancel your jobs',
  'cancel-any': 'cancel jobs of others',
  share: 'share jobs with the channel',
  review: 'review results',
  rules: 'change notification rules',
  audit: 'see the log and the settings',
  configure: 'change the settings',
};

/** What is said where a setting cannot be changed, or a member may not do something; pure. */
export const moderationProblemWords = {
  emptyWord: 'A listed word needs at least one letter or digit.',
  badMonth: 'I can’t read that month. Write it like 2025-10.',
  changedSince: (entry: number, later: number | undefined) =>
    later === undefined
      ? `What #${entry} set was changed again since. Use its command instead.`
      : `What #${entry} set was changed again by #${later}. Undo #${later} first.`,
  noEntry: (entry: number) => `The log has no entry #${entry}. See \`/mod log\`.`,
  noSetting: (entry: number) => `Entry #${entry} changed no setting, so there’s nothing to undo.`,
  needs: (what: readonly string[]) => `you need ${what.join(' or ')}`,
  denied: (roles: string) => `it’s denied to ${roles}`,
  grant: (permission: string, action: string, role: 'a' | 'that') =>
    `Someone with **${permission}** can allow it: \`/mod allow\` with \`action: ${action}\` and ${role} role.`,
  mayNot: (what: string, why: string, who: string) => `You may not ${what} here: ${why}. ${who}`,
};
