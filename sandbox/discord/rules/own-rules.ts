import { COMPONENT, countText, walkComponents } from './components-rules.ts';
import { list, record, text, texts } from './json-rules.ts';
import { attachmentName, mediaOf } from './media-rules.ts';
import { hasV2 } from './message-rules.ts';
import {
  at,
  type PayloadFile,
  type PayloadKind,
  type PayloadProblem,
  type Problems,
  problem,
} from './problem-rules.ts';

const FILE_NAME = /^[A-Za-z0-9_.-]+$/;
const MAX_TEXT = 4000;

/** Texts that never leave the process, wherever they stand in a body. */
const FORBIDDEN: readonly (readonly [code: string, pattern: RegExp, message: string])[] = [
  ['OWN_MIDJOURNEY_ADDRESS', /cdn\.midjourney\.com|midjourney\.com\/jobs/i, 'An address that leads to the account'],
  ['OWN_TOKEN', /\bBearer\s+\S/i, 'An authorization header'],
  ['OWN_TOKEN', /\buser:\d+-(?!channel:|minimax:)\w{4,}/, 'An API token'],
  ['OWN_ACCOUNT', /\S@\S+-bot:|-minimax:\S*@/, 'An e-mail address of an account'],
  ['OWN_TOKEN', /\b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}\b/, 'A Discord token'],
];

/**
 * What this project demands of its own bot beyond what Discord refuses:
 * `allowed_mentions` on every create and edit with nothing parsed; no half of a character, no address of the Midjourney
 * account and no token anywhere; plain file names, each once; every uploaded file shown by a component, for a V2
 * message hides the others; button labels counted as text.
 */
export function checkOwnRules(
  kind: PayloadKind,
  body: unknown,
  files: readonly PayloadFile[] = [],
): readonly PayloadProblem[] {
  const message = messageIn(kind, body);
  const found = [...checkTexts(body), ...checkFileNames(files)];
  if (message === undefined) return found;
  return [...found, ...checkMentions(message.body, message.path), ...checkV2(message.body, message.path, files)];
}

/** The message that a body carries, and where. */
function messageIn(kind: PayloadKind, body: unknown): { readonly body: unknown; readonly path: string } | undefined {
  const { type, data, message } = record(body);
  switch (kind) {
    case 'message-create':
    case 'message-edit':
    case 'interaction-edit':
    case 'follow-up':
      return { body, path: '' };
    case 'interaction-callback':
      return type === 4 || type === 7 ? { body: data, path: 'data' } : undefined;
    case 'thread-create':
      return message === undefined ? undefined : { body: message, path: 'message' };
    default:
      return undefined;
  }
}

function* checkTexts(body: unknown): Problems {
  for (const [path, value] of texts(body)) {
    if (!value.isWellFormed()) yield problem(path, 'OWN_HALF_CHARACTER', 'Half a character');
    for (const [code, pattern, message] of FORBIDDEN) {
      if (pattern.test(value)) yield problem(path, code, message);
    }
  }
}

function* checkFileNames(files: readonly PayloadFile[]): Problems {
  const seen = new Set<string>();
  for (const { id, name } of files) {
    if (!FILE_NAME.test(name))
      yield problem(`files.${id}`, 'OWN_FILE_NAME', 'A file name holds only letters, digits, "_", "." and "-"');
    if (seen.has(name)) yield problem(`files.${id}`, 'OWN_FILE_NAME_TWICE', 'Two files have the same name');
    seen.add(name);
  }
}

function* checkMentions(body: unknown, path: string): Problems {
  const mentions = record(body)['allowed_mentions'];
  const here = at(path, 'allowed_mentions');
  if (typeof mentions !== 'object' || mentions === null) {
    yield problem(here, 'OWN_ALLOWED_MENTIONS', 'Every create and edit says explicitly who may be mentioned');
    return;
  }
  const { parse, users, replied_user: repliedUser } = record(mentions);
  if (!Array.isArray(parse) || parse.length > 0)
    yield problem(at(here, 'parse'), 'OWN_ALLOWED_MENTIONS', 'Nothing is parsed: parse is []');
  const addressed = toAddressed(body);
  if (list(users).some((user) => !addressed.has(String(user))) || repliedUser === true)
    yield problem(
      here,
      'OWN_ALLOWED_MENTIONS',
      'Only configured roles are mentioned, and people in a line of their own',
    );
}

/**
 * Whom a message's first line is for: mentions in texts outside of any container, where no text from outside stands.
 */
function toAddressed(body: unknown): ReadonlySet<string> {
  const lines = list(record(body)['components']).map((component) => text(record(component)['content']) ?? '');
  return new Set(lines.flatMap((line) => Array.from(line.matchAll(/<@(\d+)>/g), (match) => match[1] ?? '')));
}

function* checkV2(body: unknown, path: string, files: readonly PayloadFile[]): Problems {
  const { flags, components } = record(body);
  if (!hasV2(flags)) return;
  const here = at(path, 'components');
  const shown = new Set([...mediaOf(components, here)].map(({ url }) => attachmentName(url)));
  for (const { id, name } of files) {
    if (!shown.has(name)) yield problem(`files.${id}`, 'OWN_FILE_NOT_SHOWN', 'No component shows this file');
  }
  const placed = [...walkComponents(components, here)];
  const labels = placed.filter(({ component }) => component['type'] === COMPONENT.button);
  const total = labels.reduce((sum, { component }) => sum + text(component['label']).length, countText(placed));
  if (total > MAX_TEXT)
    yield problem(here, 'OWN_TEXT_TOO_LONG', `Text displays and button labels exceed ${MAX_TEXT} characters together`);
}
