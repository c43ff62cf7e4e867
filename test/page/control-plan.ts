/**
 * Which part of the browser tests uses which kinds of controls, by the first part of their custom ids: each kind stands
 * where a test fails that does not use it.
 */
export const CONTROL_PLAN = {
  // What `controls.test.ts` walks over.
  cards: ['press', 'press-with', 'press-pick', 'job-refresh', 'job-family', 'share'],
  families: ['job-open', 'family-compare'],
  running: ['job-details', 'job-cancel', 'job-cancel-yes', 'keep', 'watch-leave'],
  settings: ['rule-set', 'rule-test', 'mod-log', 'mod-privacy-yes'],
  line: ['act-cancel'],
  reviews: ['review-approve', 'review-reject', 'review-ask', 'review-open'],
  blocked: ['api-reset-choose', 'api-reset-one'],
  // Files by topic, for what is there only where there is much, or after something went wrong.
  'cards.test.ts': ['press-more', 'family-children', 'job-notify-me', 'ended-open'],
  'board.test.ts': ['jobs-page', 'live-board', 'job-meant'],
  'lost-answers.test.ts': ['press-again', 'submit-again'],
  'moderation.test.ts': ['alert-settings', 'api-reset', 'mod-undo', 'mod-words', 'doctor-refresh'],
  'notify.test.ts': [
    'rules-page',
    'rule-edit',
    'rule-pause',
    'rule-resume',
    'rule-remove',
    'rule-undo',
    'explain-page',
    'explain-meant',
  ],
  'setup.test.ts': [
    ...['setup-open', 'setup-creators', 'setup-everyone', 'setup-results', 'setup-review', 'setup-alerts'],
    ...['setup-off', 'setup-undo', 'setup-undo-results', 'setup-sample'],
    ...['setup-account', 'setup-account-ask', 'setup-account-remove'],
  ],
  'watch.test.ts': ['watch-page', 'watch-stop', 'watch-resume', 'watch-meant'],
} satisfies Readonly<Record<string, readonly string[]>>;
