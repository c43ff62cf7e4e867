import { toDuration } from '../shared/duration.ts';
import { formatBytes } from '../shared/text.ts';
import type { ChannelUse, TodoFor, Topic } from './finding.ts';

const TELL = 'Tell whoever runs me.';

function forBoth(operator: string, server = TELL): TodoFor {
  return { operator, server };
}

/** What is said of any check. */
export const doctorWords = {
  late: (what: string, ms: number) => `${what}: no answer within ${toDuration(ms)}.`,
  lateTodo: forBoth(
    'Look at whether it can be reached from this machine, and try again.',
    'Click **Refresh** in a minute; if it stays like this, tell whoever runs me.',
  ),
  failed: (what: string, code: string) => `${what}: couldn’t be looked at (${code}).`,
  failedTodo: forBoth('Look at the log of the bot, and try again.', TELL),
};

/** What is looked at, where it cannot be. */
export const doctorNames = {
  setup: 'Settings',
  gateway: 'Connection',
  channels: 'Channels',
  commands: 'Commands',
  store: 'Store',
  queue: 'Queue',
  token: 'Token',
  intents: 'Intents',
  logins: 'Log-ins',
  connections: 'Connections',
  filesOf: (host: string) => `Files of ${host}`,
};

export const TOPIC_TITLES: Readonly<Record<Topic, string>> = {
  configuration: 'Configuration',
  discord: 'Discord',
  accounts: 'Accounts',
  store: 'Store',
  queue: 'Queue',
};

const USES: Readonly<Record<ChannelUse, string>> = {
  results: 'results',
  reviews: 'reviews',
  alerts: 'alerts',
  board: 'a live board',
};

function toUses(uses: readonly ChannelUse[]): string {
  return new Intl.ListFormat('en').format(uses.map((use) => USES[use]));
}

const HOW_TO_REPAIR: Readonly<Record<ChannelUse, string>> = {
  results: '`/notify edit`',
  reviews: '`/mod review`',
  alerts: '`/mod alerts`',
  board: '`/jobs pin`',
};

/** What is said of Discord. A channel is named by its mention. */
export const discordWords = {
  disconnected: (connected: number, shards: number) =>
    shards === 0 ? 'Not connected to Discord yet.' : `${connected} of ${shards} connections to Discord are there.`,
  disconnectedTodo: 'Wait a minute: it reconnects by itself.',
  connected: 'Connected.',
  latency: (ms: number) => `Connected; a heartbeat takes ${ms} ms.`,
  slowTodo: 'Check the network of the machine and https://discordstatus.com.',
  noChannels: 'No channel is used for posts yet.',
  channelsFit: (count: number) =>
    count === 1
      ? 'Every permission is there in the channel that is used.'
      : `Every permission is there in ${count} channels.`,
  unseen: (channelId: string, uses: readonly ChannelUse[]) =>
    `<#${channelId}>, used for ${toUses(uses)}: it was deleted, or I’m missing **View Channel**.`,
  unseenTodo: (uses: readonly ChannelUse[]) =>
    `Give me **View Channel** there, or pick another channel with ${new Intl.ListFormat('en', { type: 'disjunction' }).format(uses.map((use) => HOW_TO_REPAIR[use]))}.`,
  lacks: (channelId: string, uses: readonly ChannelUse[], missing: readonly string[]) =>
    `<#${channelId}>, used for ${toUses(uses)}: I’m missing **${missing.join('**, **')}**.`,
  lacksTodo: (count: number) => `Give me ${count === 1 ? 'it' : 'them'} in the settings of that channel.`,
  commands: {
    registered: (where: string | undefined) => `Commands are registered${where === undefined ? '' : ` in ${where}`}.`,
    differ: (names: readonly string[], where: string | undefined) =>
      `Commands${where === undefined ? '' : ` in ${where}`} aren’t registered as they should be: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}.`,
    differTodo: forBoth(
      'Start the bot again: that registers them.',
      'Tell whoever runs me to start me again: that registers them.',
    ),
  },
  elsewhere: {
    noHolder: 'No process runs that holds connections to the gateway.',
    notHeldTodo: 'Start one or two with BOT_ROLE=shard: docs/hosting.md.',
    notPlanned: 'No process has said yet how many connections to the gateway there are to be.',
    notPlannedTodo: 'Start one with BOT_ROLE=core.',
    held: (connected: number, shards: number, processes: number) =>
      `${connected} of ${shards} connections to the gateway are there, shared out among ${processes === 1 ? 'one process' : `${processes} processes`}.`,
  },
  loggedIn: (name: string) => `The token is accepted: ${name}.`,
  outage: 'Discord has an outage in this server.',
  outageTodo: 'Wait until it is over; https://discordstatus.com says more.',
  intentsNone: 'No privileged intent is on, and none is needed.',
  intentsUnneeded: 'A privileged intent is on; none is needed, and you can turn it off.',
  sessions: (remaining: number, total: number, resetAfterMs: number) =>
    `${remaining} of ${total} log-ins are left; new ones in ${toDuration(resetAfterMs)}.`,
  sessionsTodo: 'Find out why the connection ends so often before you start the bot again.',
  tokenRefused: 'Discord doesn’t accept the token.',
  tokenTodo: 'Set DISCORD_TOKEN to the token of https://discord.com/developers/applications.',
  unreachable: 'Discord can’t be reached.',
  unreachableTodo: 'Check the network of this machine and DISCORD_API_URL.',
  answered: (status: number) => `Discord answers ${status}.`,
  answeredTodo: 'Try again in a minute; https://discordstatus.com says whether there is an outage.',
  inServer: (guildId: string) => `The bot is in the server ${guildId}.`,
  notInServer: (guildId: string) => `The bot isn’t in the server ${guildId}.`,
  notInServerTodo: 'Invite it, or take the id out of DISCORD_GUILD_IDS.',
  serverAnswered: (guildId: string, status: number) => `Of the server ${guildId}, Discord answers ${status}.`,
  server: (guildId: string) => `the server ${guildId}`,
  standIn: 'The stand-in on this machine would be used: DISCORD_TOKEN is not set.',
};

/** What keeps an account that a server has brought from working, by the backend's code. */
const OWN_PROBLEMS: Readonly<Record<string, string>> = {
  'backend-unauthorized': 'it no longer accepts its secret',
  'backend-subscription': 'its subscription has ended',
  'backend-redirect': 'its server has moved',
  'backend-unreachable': 'its server can’t be reached',
  'backend-connection-lost': 'its server can’t be reached',
  'backend-timed-out': 'its server didn’t answer in time',
};

/** What is said of accounts. */
export const accountWords = {
  answers: (name: string, ms: number) =>
    `${name}: it accepts the secret and lists what runs (${(ms / 1_000).toFixed(1)} s).`,
  boardOf: (name: string, board: string) => `${name} ${board}`,
  problem: (where: string, says: string) => `${where}: ${says}`,
  failed: (where: string, check: string) => `${where}: ${check}.`,
  failedTodo: 'See that it runs, and that its address and its secret are right.',
  ownFailed: (where: string, code: string) =>
    `${where}: ${OWN_PROBLEMS[code] ?? 'its server doesn’t answer as it should'}.`,
  ownFailedTodo: 'You can bring it again in `/setup`.',
  clockFits: (name: string) => `${name}: its clock and mine agree.`,
  clockDiffers: (name: string, aheadMs: number) =>
    `${name}: its clock is ${toDuration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} mine.`,
  clockTodo: forBoth(
    'Set the clock of this machine by NTP, or that of the server.',
    'Tell whoever runs me to set the clock.',
  ),
  noFile: (name: string) => `${name}: no recent file that could be tried.`,
  filesFit: (name: string) => `${name}: its files can be fetched.`,
  fileProblem: (name: string, problem: string) => `${name}: its newest file can’t be fetched: ${problem}.`,
  fileTodo: forBoth(
    'Check MEDIA_HOSTS and whether that host can be reached.',
    'Tell whoever runs me; results come without pictures until then.',
  ),
  hostFits: (host: string) => `Files: ${host} can be reached.`,
  hostProblem: (host: string) => `Files: ${host} can’t be reached.`,
  hostTodo: 'Check the network of this machine, and MEDIA_HOSTS; results come without pictures until then.',
  standIn: (name: string) => `The stand-in of ${name} on this machine would be used.`,
};

/** What is said of the store. */
export const storeWords = {
  writes: 'It takes writes, and none has failed.',
  refused: (code: string) => `It takes no writes (${code}).`,
  failed: (code: string, agoMs: number) => `It takes writes; the last failure was ${toDuration(agoMs)} ago (${code}).`,
  todo: forBoth('See that there is room and that nothing else holds it.', 'Tell whoever runs me to look at the store.'),
  noFile: (path: string) => `There is no file ${path} yet; the first start makes it.`,
  file: (path: string, bytes: number, schema: number | undefined) =>
    `${path}: ${formatBytes(bytes)}, ${schema === undefined ? 'of version 0.1' : `schema ${schema}`}.`,
  notWritable: (path: string) => `${path}: this user can’t write to it, or to its folder.`,
  notWritableTodo: 'Put right the file, its folder and their rights.',
  room: (bytes: number) => `${formatBytes(bytes)} are free on its disk.`,
  roomTodo: 'Make room before it is full: nothing can be stored then.',
  backup: (ageMs: number) => `The newest backup beside it was made ${toDuration(ageMs)} ago.`,
  backupTodo: 'Make another; docs/operations.md says how.',
  server: (major: number) => `PostgreSQL ${major} answers.`,
  serverTodo: 'Use version 15 or later.',
  tables: 'The tables are there.',
  noTables: 'The tables are not there yet; the first start makes them.',
  held: (owner: string) => `${owner} is at work on it.`,
  free: 'No process is at work on it.',
};

/** What is said of the queue. */
export const queueWords = {
  inTime: (due: number) => (due === 0 ? 'Nothing is late.' : `Nothing is late; ${due} due now.`),
  late: (due: number, ms: number) => `The oldest of ${due} due has been due for ${toDuration(ms)}.`,
  ticksInTime: 'The API is looked at in time.',
  tickLate: (ms: number) => `The next look at the API has been due for ${toDuration(ms)}.`,
  lateTodo: forBoth('Start the bot if it is stopped; else its log says what it waits for.', 'Tell whoever runs me.'),
  failures: (count: number) =>
    `${count === 1 ? 'One entry was' : `${count} entries were`} given up in the last seven days.`,
  noFailures: 'Nothing was given up.',
  failureTodo: 'The log says which and why.',
  notYet: 'There is no queue yet; the first start makes it.',
};

/** What is said of what a server has decided. */
export const serverWords = {
  takesJobs: 'An account takes new jobs from here.',
  takesNoJobs: 'No account takes new jobs from here.',
  takesNoJobsTodo: 'Tell whoever runs me to give this server an account.',
  ownClosed: 'The server’s own account can’t be opened.',
  ownClosedTodo: '`/setup` says why.',
  rules: (count: number) => (count === 1 ? 'One rule posts.' : `${count} rules post.`),
  noRules: 'No rule posts results here.',
  noRulesTodo: 'Pick a channel in `/setup`, or add a rule with `/notify add`.',
  allPaused: 'All rules are paused.',
  allPausedTodo: 'Resume one with `/notify resume`.',
  suspendedRules: (numbers: readonly number[]) =>
    `Discord refuses the channel of ${numbers.length === 1 ? 'rule' : 'rules'} ${numbers.map((number) => `#${number}`).join(', ')}.`,
  suspendedTodo: '`/notify list` says why; they resume by themselves.',
  reviewOff: 'Results aren’t reviewed.',
  reviewOn: 'Results are reviewed.',
  reviewForWords: 'Results of prompts with a listed word are reviewed.',
  noReviewChannel: 'Reviews have no channel.',
  noReviewChannelTodo: 'Set one with `/mod review`.',
  openReview: (channelId: string) => `Everyone can look into <#${channelId}>, where results wait for review.`,
  openReviewTodo: 'Deny **View Channel** to @everyone there.',
};

/** What `npm run doctor` says besides. */
export const reportWords = {
  configurationRead: 'It was read without a mistake.',
  failed: (why: string) => `The doctor failed: ${why}`,
  ends: (wrongCount: number, warningCount: number) =>
    wrongCount + warningCount === 0 ? 'All is well.' : `${wrongCount} wrong, ${warningCount} to look at.`,
};
