import { Listeners } from '../../../src/shared/listeners.ts';

/** Between whom: Discord's REST API, its gateway, or the useapi.net API; the other end is always the bot. */
export type WireSide = 'discord' | 'gateway' | 'api';

/** One request or dispatch, as the list shows it. */
export interface WireLine {
  readonly id: number;
  readonly side: WireSide;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** HTTP status, 0 where the connection was cut; for dispatches the number of clients reached. */
  readonly status: number;
  readonly durationMs: number;
}

/** One with its bodies, secrets and foreign addresses masked. */
export interface WireEntry extends WireLine {
  readonly body: string;
  readonly answer: string;
  readonly files: readonly string[];
}

/** What a source hands over; bodies are values, or texts as they went over the wire. */
export interface NewWireLine extends Omit<WireLine, 'id'> {
  readonly body?: unknown;
  readonly answer?: unknown;
  readonly files?: readonly string[];
}

export interface WireQuery {
  /** Must occur in the path or a body; upper and lower case are alike. */
  readonly text: string;
  /** Id of a message: what mentions it, or the interaction that led to it. */
  readonly about: string;
  readonly side: WireSide | '';
}

const MAX_ENTRIES = 1000;
const MAX_LISTED = 300;
const MAX_BODY = 20_000;
/** Of all bodies together. */
const MAX_CHARACTERS = 4_000_000;

/** Keeps the last requests and dispatches for the page. */
export class PageWire {
  readonly #entries: WireEntry[] = [];
  readonly #added = new Listeners<[], void>();
  /** Calls back on each new entry; the result ends it. */
  readonly subscribe = this.#added.on;
  readonly #secrets: readonly string[];
  readonly #interactionOf: (messageId: string) => string | undefined;
  #lastId = 0;
  #characters = 0;

  /** `secrets` are never shown; `interactionOf` finds the interaction that a message answers. */
  constructor(secrets: readonly string[], interactionOf: (messageId: string) => string | undefined) {
    this.#secrets = secrets.filter((secret) => secret.length >= 12);
    this.#interactionOf = interactionOf;
  }

  add({ body, answer, files = [], ...line }: NewWireLine): void {
    this.#lastId += 1;
    const path = this.#mask(line.path);
    const texts = { body: this.#mask(toText(body)), answer: this.#mask(toText(answer)) };
    this.#entries.push({ ...line, ...texts, path, files, id: this.#lastId });
    this.#characters += texts.body.length + texts.answer.length;
    while (this.#entries.length > MAX_ENTRIES || this.#characters > MAX_CHARACTERS) this.#forgetOldest();
    this.#added.emit();
  }

  #forgetOldest(): void {
    const { body = '', answer = '' } = this.#entries.shift() ?? {};
    this.#characters -= body.length + answer.length;
  }

  get(id: number): WireEntry | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** The newest lines that fit, newest last. */
  find({ text, about, side }: WireQuery): { readonly lines: readonly WireLine[]; readonly kept: number } {
    const wanted = text.toLowerCase();
    const ids = about === '' ? [] : [about, this.#interactionOf(about) ?? about];
    const fitting = this.#entries.filter((entry) => {
      if (side !== '' && entry.side !== side) return false;
      const all = `${entry.method} ${entry.path} ${entry.status}\n${entry.body}\n${entry.answer}`;
      return (
        (wanted === '' || all.toLowerCase().includes(wanted)) &&
        (ids.length === 0 || ids.some((id) => all.includes(id)))
      );
    });
    return { lines: fitting.slice(-MAX_LISTED).map(toLine), kept: this.#entries.length };
  }

  #mask(text: string): string {
    const known = this.#secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
    return maskSecrets(known);
  }
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? indent(value) : JSON.stringify(value, undefined, 2);
  return text.length > MAX_BODY ? `${text.slice(0, MAX_BODY)}\n… ${text.length - MAX_BODY} more characters` : text;
}

function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function toLine({ body: _body, answer: _answer, files: _files, ...line }: WireEntry): WireLine {
  return line;
}

/** Up to what names the job; the slashes may be plain, escaped, or encoded as in the address of the API's proxy. */
const PRIVATE_ADDRESS =
  /((?:cdn\.midjourney\.com|midjourney\.com(?:\\*\/|%(?:25)*2f)jobs)(?:\\*\/|%(?:25)*2f))[^\s"'\\)>\]]+/gi;

/** An object within which there is no other. */
const INNERMOST = /\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g;

/** Masks what somebody typed into a field of a form that is called `secret`. */
function maskTyped(text: string): string {
  return text.replace(INNERMOST, (field) =>
    /"custom_id"\s*:\s*"secret"/.test(field) ? field.replace(/("value"\s*:\s*)"(?:[^"\\]|\\.)*"/, '$1"***"') : field,
  );
}

/** Masks fields that hold secrets, and addresses that must not leave the process. */
function maskSecrets(text: string): string {
  return maskTyped(text)
    .replace(/("(?:[a-z_]*token|authorization|secret|password|cookie|signature)"\s*:\s*)"[^"]*"/gi, '$1"***"')
    .replace(PRIVATE_ADDRESS, '$1***')
    .replace(/([?&](?:ex|is|hm|sig|token)=)[^&\s"'\\]+/gi, '$1***');
}
