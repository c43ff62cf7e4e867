import type { OwnAccountView } from '../../jobs/own-accounts/own-account.ts';
import type { BringProblem } from '../../jobs/own-accounts/own-accounts.ts';
import type { Action } from '../../moderation/policy.ts';
import { toList } from '../ui/lists.ts';
import { toSafeLine } from '../ui/outside-text.ts';

/* Every sentence of `/setup`, `/help` and the greeting. */

export const SETUP = {
  heading: '### ⚙️ Set up this server',
  intro: 'I save each pick at once. **Undo** restores what was before.',
  creators: '**1 · Who can create?**\n-# These roles can start jobs, click the buttons of jobs and cancel their own.',
  pickCreators: 'Pick roles…',
  letEveryone: 'Let everyone create',
  stopEveryone: 'Everyone can create ✓',
  results: '**2 · Where do results go?**\n-# Each finished job is posted there with its pictures.',
  pickResults: 'Pick channels…',
  review: '**3 · Review results first?**\n-# Nobody else sees a result until a reviewer approves it in this channel.',
  pickReview: 'Off – pick a channel…',
  alerts: '**4 · Where do moderators get alerts?**\n-# Blocked prompts, lost jobs, channels that refuse me.',
  pickAlerts: 'Off – pick a channel…',
  turnOff: 'Turn off',
  undo: 'Undo',
  sample: 'Show a sample',
  undone: '↩️ Undone.',
} as const;

const list = (parts: readonly string[]) => parts.join(', ');
const channels = (ids: readonly string[]) => list(ids.map((id) => `<#${id}>`));

/** A role as people see it; everyone's role has the server's id. */
export function toRoleName(roleId: string, guildId: string): string {
  return roleId === guildId ? '@everyone' : `<@&${roleId}>`;
}

export function creatorsChanged(added: readonly string[], removed: readonly string[]): string {
  const parts = [
    added.length > 0 && `✅ ${list(added)} can create now.`,
    removed.length > 0 && `✅ ${list(removed)} can no longer create.`,
  ];
  return parts.filter(Boolean).join('\n');
}

export function resultsChanged(added: readonly string[], removed: readonly string[]): string {
  const parts = [
    added.length > 0 && `✅ Results go to ${channels(added)}.`,
    removed.length > 0 && `✅ Results no longer go to ${channels(removed)}. I paused the rules there.`,
  ];
  return parts.filter(Boolean).join('\n');
}

export function reviewChanged(channelId: string | undefined): string {
  return channelId === undefined ? '✅ Review is **off**.' : `✅ Review is **on** in <#${channelId}>.`;
}

export function alertsChanged(channelId: string | undefined): string {
  return channelId === undefined ? '✅ Alerts are **off**.' : `✅ Alerts go to <#${channelId}>.`;
}

export const tooManyGrants = (max: number) =>
  `Nothing was saved: a server has room for ${max} permissions. Remove some with \`/mod deny\` first.`;

export const undoElsewhere = 'That’s too much for one Undo. `/notify resume` brings back rules one by one.';

export const channelLacks = (channelId: string, missing: readonly string[]) =>
  `⚠️ I’m missing **${missing.join('**, **')}** in <#${channelId}>, so I can’t post there. Grant that in the channel’s settings.`;
export const channelUnseen = (channelId: string) =>
  `⚠️ I can’t see <#${channelId}>, so I can’t post there. Give me **View Channel** in its settings.`;
export const reviewIsOpen = (channelId: string) =>
  `⚠️ Everyone can see <#${channelId}>, so everyone sees results before they’re reviewed. Pick a channel for reviewers only.`;

export const ACCOUNT = {
  heading: '**5 · Own account**',
  intro: '-# Bring an account, and new jobs run on it instead of on mine.',
  bring: 'Bring an account…',
  change: 'Change…',
  remove: 'Remove',
  removeQuestion:
    '**Remove this server’s own account?**\nI forget its secret at once and can’t bring it back. New jobs run on my accounts again; its running jobs go on there, and I no longer hear of them.',
  removed: '✅ Removed. I no longer have its secret.',
  changedSince: 'That account was changed or removed since. Open `/setup` again to see what’s there now.',
  formTitle: 'Own account',
  kind: 'Where is it?',
  kinds: {
    useapi: 'useapi.net, Midjourney',
    mj: 'A Midjourney proxy',
    'mj-bearer': 'A Midjourney proxy behind new-api',
    minimax: 'useapi.net, MiniMax',
    dreamina: 'useapi.net, Dreamina',
  },
  address: { label: 'Address', hint: 'Leave it empty for useapi.net. A proxy’s address ends in /mj.' },
  secret: { label: 'Secret', hint: 'I check it now, store it encrypted, and never show it again.' },
  model: { label: 'Model', hint: 'MiniMax and Dreamina only, such as midjourney-v7.' },
} as const;

/** Why an account was not kept, and what to do. */
export const ACCOUNT_PROBLEMS: Readonly<Record<BringProblem, string>> = {
  'address-missing': '⚠️ Nothing was saved: a Midjourney proxy needs its address. Add it and try again.',
  address: '⚠️ Nothing was saved: that isn’t an address. Use one like `https://example.org/mj`, without `?` and `@`.',
  'address-insecure': '⚠️ Nothing was saved: the secret would travel unprotected. Use an address with `https://`.',
  'address-private':
    '⚠️ Nothing was saved: that address leads into a private network. Use one that can be reached from the internet.',
  secret: '⚠️ Nothing was saved: a secret has no blanks or line breaks. Copy it again and try again.',
  model: '⚠️ Nothing was saved: that isn’t the name of a model. Use one like `midjourney-v7`, or leave it empty.',
  refused: '⚠️ Nothing was saved: the server doesn’t accept this secret. Copy it again and try again.',
  subscription: '⚠️ Nothing was saved: this account has no subscription. Renew it and try again.',
  unreachable: '⚠️ Nothing was saved: I can’t reach that address. Check it and try again.',
  moved: '⚠️ Nothing was saved: that address leads to another one. Use that one instead.',
  'wrong-kind': '⚠️ Nothing was saved: what answers there isn’t of that kind. Check the address and what you picked.',
  troubled: '⚠️ Nothing was saved: the server is in trouble right now. Try again in a minute.',
  'too-often': '⚠️ Nothing was saved: too many tries. Try again in an hour.',
};

export const accountKept = (what: 'brought' | 'renewed') =>
  what === 'brought' ? '✅ New jobs run on your own account now.' : '✅ The secret of your own account is renewed.';

export function accountLines({ kind, url, model, by, at, keyId }: OwnAccountView): readonly string[] {
  const what = [ACCOUNT.kinds[kind], ...(model === undefined ? [] : [toSafeLine(model, 60)])].join(' · ');
  return [
    `${what}\n\`${url.replaceAll('`', '')}\``,
    `-# New jobs run on it unless someone picks another \`account\`. Brought by ${toMemberName(by)} <t:${Math.floor(at / 1000)}:R> · key \`${keyId}\``,
  ];
}

function toMemberName(by: string): string {
  return /^\d+$/.test(by) ? `<@${by}>` : toSafeLine(by, 40);
}

/** What to do about an account that cannot be used. */
export function accountUnreadable({ state, keyId }: OwnAccountView, isOffered: boolean): string {
  const again = isOffered ? ' Or click **Change** and type the secret again.' : '';
  if (state === 'damaged')
    return `⚠️ I can’t read its secret any more, so no new jobs start.${isOffered ? ' Click **Change** and type it again.' : ''}`;
  return `⚠️ I can’t read its secret without the key \`${keyId}\`, so no new jobs start. Ask whoever runs me to put that key back into \`SECRETS_KEY\`.${again}`;
}

export const SAMPLE = {
  prompt: 'a lighthouse at dawn, soft light --ar 3:2',
  notice: 'A sample: this is how a finished job looks here.',
} as const;

export const GREETING = {
  title: 'Hello',
  channel: [
    '### 👋 Hi! I make Midjourney pictures.',
    '`/imagine` starts a job, the buttons under its card change it, and I post what’s done.',
    'First, someone with **Manage Server** decides who can create and where results go.',
  ].join('\n'),
  open: '⚙️ Set up',
  openServer: 'Open the server',
  tag: '/setup',
  someServer: 'your server',
} as const;

export const greetingForOwner = (server: string) =>
  [
    `### 👋 Thanks for adding me to ${server === GREETING.someServer ? server : `**${toSafeLine(server, 100)}**`}!`,
    'Type `/setup` there to decide who can create and where results go.',
    'I’m writing to you because I can’t post in the server’s system channel.',
  ].join('\n');

export interface HelpTopic {
  /** Shown to those who may do this. */
  readonly needs: Action;
  readonly title: string;
  readonly note?: string;
  /** Commands by their path, and what each is for. */
  readonly commands: readonly (readonly [string, string])[];
  /** What members without it may not do. */
  readonly denied: string;
}

const TOPICS: readonly HelpTopic[] = [
  {
    needs: 'submit',
    title: 'Make a picture',
    commands: [
      ['imagine', 'from your words'],
      ['blend', 'from two to five pictures'],
      ['describe', 'prompts for a picture you have'],
    ],
    denied: 'start jobs',
  },
  {
    needs: 'press',
    title: 'Change a picture',
    note: 'Click the buttons under its card: **U1**–**U4** make one larger, **V1**–**V4** vary it.',
    commands: [],
    denied: 'click the buttons of jobs',
  },
  {
    needs: 'view',
    title: 'See what’s going on',
    commands: [
      ['jobs', 'what runs now'],
      ['job show', 'one job with its pictures'],
      ['job family', 'where it comes from and what was made of it'],
    ],
    denied: 'look at jobs',
  },
  {
    needs: 'share',
    title: 'Show others',
    note: '**Share** on a card posts it here. `/jobs pin` keeps a live board of what runs here.',
    commands: [['watch add', 'a card in this channel that follows a job to its end']],
    denied: 'share jobs',
  },
  {
    needs: 'cancel-own',
    title: 'Stop a job',
    commands: [['job cancel', 'asks before it cancels']],
    denied: 'cancel your jobs',
  },
  {
    needs: 'review',
    title: 'Review results',
    note: 'Vote on the cards in the review channel: nobody else sees a result before it’s approved.',
    commands: [],
    denied: 'review results',
  },
  {
    needs: 'rules',
    title: 'Decide what is posted where',
    commands: [
      ['notify add', 'post in a channel when jobs end'],
      ['notify list', 'what is posted where now'],
    ],
    denied: 'change what is posted where',
  },
  {
    needs: 'configure',
    title: 'Run this server',
    commands: [
      ['setup', 'who can create, where results go, review, alerts'],
      ['doctor', 'what is not in order here'],
      ['mod settings', 'everything that is set'],
      ['mod log', 'who did what'],
    ],
    denied: 'change settings',
  },
];

export const HELP = {
  heading: '### What you can do here',
  nothing: '### You may not do anything here yet',
  topics: TOPICS,
  /** What members miss where they may not; the rest is for moderators. */
  asked: ['view', 'submit', 'press', 'cancel-own', 'share'] as readonly Action[],
} as const;

export const helpDenied = (what: readonly string[]) =>
  `-# You may not ${toList(what, 'or')}. Members with **Manage Server** can change that: \`/setup\`.`;
