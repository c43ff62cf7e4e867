/** A run of text and what it means; `inner` holds what stands inside. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'u' | 's' | 'spoiler'; readonly inner: readonly Inline[] }
  | { readonly kind: 'link'; readonly url: string; readonly inner: readonly Inline[] }
  | { readonly kind: 'mention'; readonly of: 'user' | 'role' | 'channel' | 'command' | 'everyone'; readonly id: string }
  | { readonly kind: 'time'; readonly seconds: number; readonly style: string }
  | { readonly kind: 'emoji'; readonly name: string };

export type Block =
  | { readonly kind: 'text' | 'subtext'; readonly inner: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly inner: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string; readonly language: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly start: number; readonly items: readonly ListItem[] };

export interface ListItem {
  readonly inner: readonly Inline[];
  /** How far it is indented: 0, 1, 2. */
  readonly depth: number;
}

const FENCE = /```(?:([a-z0-9_+\-.#]+)\n)?\n*([^\n](?:[^`]|`(?!``))*?)\n*```/gi;
const MAX_DEPTH = 12;

/** Reads Discord's Markdown, the part that the page shows. Everything else stays text. */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  let end = 0;
  for (const match of source.matchAll(FENCE)) {
    if (isEscaped(source, match.index)) continue;
    blocks.push(...parseLines(source.slice(end, match.index)));
    blocks.push({ kind: 'code', text: match[2] ?? '', language: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  return [...blocks, ...parseLines(source.slice(end))];
}

function isEscaped(source: string, index: number): boolean {
  return /(?<!\\)(?:\\\\)*\\$/.test(source.slice(0, index));
}

const QUOTE = /^> ?(.*)$/;
const LIST = /^( *)([-*]|\d{1,9}\.) +(.+)$/;

function parseLines(source: string): Block[] {
  const lines = source.split('\n');
  const blocks: Block[] = [];
  while (lines.length > 0) blocks.push(...takeBlock(lines));
  return blocks;
}

/** Takes the lines of one block off the front. */
function takeBlock(lines: string[]): Block[] {
  const line = lines[0] ?? '';
  if (/^>>> /.test(line)) {
    const rest = lines.splice(0).join('\n').slice(4);
    return [{ kind: 'quote', blocks: parseLines(rest) }];
  }
  if (QUOTE.test(line)) {
    const inner = takeWhile(lines, QUOTE).map((quoted) => QUOTE.exec(quoted)?.[1] ?? '');
    return [{ kind: 'quote', blocks: parseUnquoted(inner) }];
  }
  if (LIST.test(line)) return [toList(takeList(lines))];
  const single = toSingle(line);
  if (single !== undefined) {
    lines.shift();
    return [single];
  }
  return toText(takePlain(lines));
}

/** What a quote holds: a quote mark inside a quote is text. */
function parseUnquoted(lines: readonly string[]): Block[] {
  return parseLines(lines.map((line) => (QUOTE.test(line) ? `\\${line}` : line)).join('\n'));
}

function takeWhile(lines: string[], pattern: RegExp): string[] {
  const end = lines.findIndex((line) => !pattern.test(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

/** The items of one list: it ends where bullets turn into numbers or numbers into bullets, unless further in. */
function takeList(lines: string[]): string[] {
  const isOrdered = isNumbered(lines[0]);
  const ends = (line: string) => !LIST.test(line) || (/^[^ ]/.test(line) && isNumbered(line) !== isOrdered);
  const end = lines.findIndex(ends);
  return lines.splice(0, end === -1 ? lines.length : end);
}

function isNumbered(line = ''): boolean {
  return /^ *\d/.test(line);
}

function takePlain(lines: string[]): string[] {
  const isPlain = (line: string) => !QUOTE.test(line) && !LIST.test(line) && toSingle(line) === undefined;
  const end = lines.findIndex((line) => !isPlain(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

function toSingle(line: string): Block | undefined {
  const [, marks = '', title = ''] = /^(#{1,3}) +(.+)$/.exec(line) ?? [];
  if (title !== '') return { kind: 'heading', level: marks.length as 1 | 2 | 3, inner: parseInline(title) };
  const subtext = /^-# +(.+)$/.exec(line)?.[1];
  return subtext === undefined ? undefined : { kind: 'subtext', inner: parseInline(subtext) };
}

function toList(lines: readonly string[]): Block {
  const items = lines.map((line) => {
    const [, indent = '', , text = ''] = LIST.exec(line) ?? [];
    return { inner: parseInline(text), depth: Math.min(2, Math.floor(indent.length / 2)) };
  });
  const mark = /\d+/.exec(LIST.exec(lines[0] ?? '')?.[2] ?? '')?.[0];
  return { kind: 'list', isOrdered: mark !== undefined, start: Number(mark ?? 1), items };
}

function toText(lines: readonly string[]): Block[] {
  const text = lines.join('\n').replace(/^\n|\n$/g, '');
  return text.trim() === '' ? [] : [{ kind: 'text', inner: parseInline(text) }];
}

type Rule = readonly [pattern: RegExp, make: (match: RegExpExecArray, depth: number) => Inline];

const RULES: readonly Rule[] = [
  [/\\([^0-9A-Za-z\s])/y, ([, text = '']) => ({ kind: 'text', text })],
  [
    /(`+)((?:[^`]|(?!\1)`+)+?)\1(?!`)/y,
    ([, , text = '']) => ({ kind: 'code', text: text.trim() === '' ? text : text.trim() }),
  ],
  [/<@!?(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'user', id })],
  [/<@&(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'role', id })],
  [/<#(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'channel', id })],
  [/<\/([^:>]+):\d+>/y, ([, id = '']) => ({ kind: 'mention', of: 'command', id })],
  [/@(everyone|here)\b/y, ([, id = '']) => ({ kind: 'mention', of: 'everyone', id })],
  [/<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y, ([, at, style = 'f']) => ({ kind: 'time', seconds: Number(at), style })],
  [/<a?:(\w{2,32}):\d+>/y, ([, name = '']) => ({ kind: 'emoji', name })],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, url = '']) => toLink(url, url)],
  [
    /\[((?:\\.|[^[\]\\]){1,500})\]\(<?(https?:\/\/[^\s)>]+)>?\)/y,
    ([, text = '', url = ''], depth) => toLink(url, text, depth),
  ],
  [/https?:\/\/[^\s<]*[^<.,:;"'\]\s)*_|~]/y, ([url]) => toLink(url, url)],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, ([, text = ''], depth) => wrap('strong', text, depth)],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, ([, text = ''], depth) => wrap('u', text, depth)],
  [/~~((?:\\[\s\S]|[^\\])+?)~~/y, ([, text = ''], depth) => wrap('s', text, depth)],
  [/\|\|((?:\\[\s\S]|[^\\])+?)\|\|/y, ([, text = ''], depth) => wrap('spoiler', text, depth)],
  [/\*(?=[^\s*])((?:\*\*|\\[\s\S]|[^*\\])+?)(?<!\s)\*(?!\*)/y, ([, text = ''], depth) => wrap('em', text, depth)],
  [/(?<!\w)_((?:__|\\[\s\S]|[^_\\])+?)_(?!\w)/y, ([, text = ''], depth) => wrap('em', text, depth)],
];

/** Reads the inside of a line; what is nested too deep stays text. */
export function parseInline(source: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let text = '';
  for (let index = 0; index < source.length; ) {
    const hit = depth < MAX_DEPTH ? matchAt(source, index, depth) : undefined;
    if (hit === undefined) {
      text += source[index];
      index += 1;
      continue;
    }
    index += hit.length;
    if (hit.inline.kind === 'text') {
      text += hit.inline.text;
      continue;
    }
    if (text !== '') found.push({ kind: 'text', text });
    text = '';
    found.push(hit.inline);
  }
  return text === '' ? found : [...found, { kind: 'text', text }];
}

function matchAt(source: string, index: number, depth: number): { inline: Inline; length: number } | undefined {
  if (!/[\\`<@[h*_~|]/.test(source[index] ?? '')) return undefined;
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = index;
    const match = pattern.exec(source);
    if (match !== null) return { inline: make(match, depth + 1), length: match[0].length };
  }
  return undefined;
}

function wrap(kind: 'strong' | 'em' | 'u' | 's' | 'spoiler', text: string, depth: number): Inline {
  return { kind, inner: parseInline(text, depth) };
}

function toLink(url: string, text: string, depth?: number): Inline {
  return { kind: 'link', url, inner: depth === undefined ? [{ kind: 'text', text }] : parseInline(text, depth) };
}
