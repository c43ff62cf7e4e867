import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { compact } from './shared/compact.ts';
import type { SecretKey } from './shared/secret-box.ts';

const BACKENDS = ['useapi', 'mj', 'minimax', 'dreamina'] as const;
/** Those that make pictures with one of several models. */
const WITH_MODELS: ReadonlySet<string> = new Set(['minimax', 'dreamina']);

/** One account of the accounts file, its secret taken from the variable that it names. */
export interface AccountConfig {
  readonly id: string;
  readonly backend: (typeof BACKENDS)[number];
  readonly url: string;
  readonly secret: string;
  /** For people; the id by default. */
  readonly name?: string;
  readonly versions?: readonly ('v2' | 'v3')[];
  readonly auth?: 'mj-api-secret' | 'bearer';
  readonly flavour?: 'trueai' | 'novicezk' | 'new-api';
  readonly mediaHosts?: readonly string[];
  /** With which model prompts are submitted; the service's own choice by default. */
  readonly model?: string;
  /** The servers that may use it; all without it. */
  readonly guildIds?: readonly string[];
}

/** How accounts are kept and reached that servers bring themselves. */
export interface OwnAccountsConfig {
  /** The first one encrypts their secrets, all decrypt; none: servers bring no accounts. */
  readonly keys: readonly SecretKey[];
  /** Whether their addresses may be loopback or private. */
  readonly allowsPrivate: boolean;
  /** Of the accounts at useapi.net that name no address; default `https://api.useapi.net`. */
  readonly useapiUrl?: string;
}

/** The accounts, or what is wrong, one a line; never a value. */
export interface AccountsFile {
  readonly accounts: readonly AccountConfig[];
  readonly problems: readonly string[];
}

/** Schemas that the variables have too. */
export interface FieldSchemas {
  readonly url: z.ZodType<string>;
  readonly isHost: (text: string) => boolean;
  readonly isGuildId: (text: string) => boolean;
}

const ID = 'expected 1 to 24 small letters, digits and hyphens';
const SECRET_ENV = 'expected the name of a variable that holds the secret, such as `STUDIO_SECRET`';
const MODEL = 'expected the name of a model, such as `midjourney-v7`';
const SECRET = /^[\x21-\x7e]+$/;

/** Reads the accounts file. All mistakes are reported together, by entry and field. */
export function readAccountsFile(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  schemas: FieldSchemas,
): AccountsFile {
  const text = readText(path);
  if (text === undefined) return failed('ACCOUNTS_FILE: expected the path of a file that can be read');
  const entries = z.array(z.unknown()).min(1).safeParse(parseJson(text)).data;
  if (entries === undefined) return failed('ACCOUNTS_FILE: expected a file with a JSON array of accounts');
  const Entry = toEntrySchema(schemas);
  const read = entries.map((entry, at) => readEntry(Entry, entry, at + 1, environment));
  const accounts = read.flatMap(({ account }) => (account === undefined ? [] : [account]));
  const twins = [...findTwins(accounts), ...findTakenIds(accounts, environment), ...findSameNames(accounts)];
  return { accounts, problems: [...read.flatMap(({ problems }) => problems), ...twins] };
}

function failed(problem: string): AccountsFile {
  return { accounts: [], problems: [problem] };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Entry = z.infer<ReturnType<typeof toEntrySchema>>;

function toEntrySchema({ url, isHost, isGuildId }: FieldSchemas) {
  const texts = (isItem: (text: string) => boolean, expected: string) =>
    z
      .array(z.string({ error: expected }).refine(isItem, expected), { error: expected })
      .min(1, expected)
      .optional();
  const word = <T extends string>(...words: readonly [T, ...T[]]) =>
    z.enum(words, { error: `expected one of ${words.join(', ')}` });
  return z.strictObject(
    {
      id: z.string({ error: ID }).regex(/^[a-z0-9][a-z0-9-]{0,23}$/, ID),
      backend: word(...BACKENDS),
      url,
      secretEnv: z.string({ error: SECRET_ENV }).regex(/^[A-Z][A-Z0-9_]*$/, SECRET_ENV),
      name: z.string({ error: 'expected 1 to 40 characters' }).min(1).max(40, 'expected 1 to 40 characters').optional(),
      versions: z.array(word('v2', 'v3'), { error: 'expected an array of v2, v3' }).min(1).optional(),
      auth: word('mj-api-secret', 'bearer').optional(),
      flavour: word('trueai', 'novicezk', 'new-api').optional(),
      model: z
        .string({ error: MODEL })
        .regex(/^[\w.-]{1,60}$/, MODEL)
        .optional(),
      mediaHosts: texts(isHost, 'expected an array of `host` or `host:port`'),
      guildIds: texts(isGuildId, 'expected an array of server ids of 17 to 20 digits, as texts'),
    },
    { error: 'expected an object with the fields of an account and no others' },
  );
}

function readEntry(
  schema: ReturnType<typeof toEntrySchema>,
  value: unknown,
  number: number,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly account?: AccountConfig; readonly problems: readonly string[] } {
  const where = (field: string) => `ACCOUNTS_FILE, entry ${number}${field === '' ? '' : `, ${field}`}`;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const byField = new Map<string, string>();
    for (const { path, message } of parsed.error.issues) {
      const field = String(path[0] ?? '');
      if (!byField.has(field)) byField.set(field, message);
    }
    return { problems: [...byField].map(([field, message]) => `${where(field)}: ${message}`) };
  }
  const problem = findProblem(parsed.data, environment);
  if (problem !== undefined) return { problems: [`${where(problem.field)}: ${problem.says}`] };
  const { secretEnv, ...account } = parsed.data;
  return { account: { ...compact(account), secret: environment[secretEnv]?.trim() ?? '' }, problems: [] };
}

function findProblem(
  { backend, url, secretEnv, model }: Entry,
  environment: Readonly<Record<string, string | undefined>>,
) {
  if (!SECRET.test(environment[secretEnv]?.trim() ?? ''))
    return { field: 'secretEnv', says: 'the variable that it names is not set, or holds blanks' };
  if (backend === 'mj' && !url.endsWith('/mj')) return { field: 'url', says: 'expected an address that ends in /mj' };
  if (model !== undefined && !WITH_MODELS.has(backend))
    return { field: 'model', says: `expected no model, because only ${[...WITH_MODELS].join(' and ')} have one` };
  return undefined;
}

function findTwins(accounts: readonly AccountConfig[]): string[] {
  const ids = accounts.map(({ id }) => id);
  const twins = ids.filter((id, at) => ids.indexOf(id) !== at);
  return twins.length === 0 ? [] : ['ACCOUNTS_FILE: expected each id once'];
}

/** The accounts that the variables name are called by their kind. */
function findTakenIds(
  accounts: readonly AccountConfig[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const taken = { useapi: 'USEAPI_TOKEN', mj: 'MJ_URL' };
  return Object.entries(taken).flatMap(([id, variable]) => {
    const isTaken = (environment[variable] ?? '').trim() !== '' && accounts.some((account) => account.id === id);
    return isTaken ? [`ACCOUNTS_FILE: expected another id than ${id}, which is the account of ${variable}`] : [];
  });
}

/** People tell the accounts of their server apart by their names. */
function findSameNames(accounts: readonly AccountConfig[]): string[] {
  const hasTwin = accounts.some((one, at) =>
    accounts
      .slice(at + 1)
      .some((other) => one.id !== other.id && toName(one) === toName(other) && haveOneServer(one, other)),
  );
  return hasTwin ? ['ACCOUNTS_FILE: expected each name once among the accounts that a server may use'] : [];
}

function toName({ id, name = id }: AccountConfig): string {
  return name.toLowerCase();
}

function haveOneServer({ guildIds: one }: AccountConfig, { guildIds: other }: AccountConfig): boolean {
  return one === undefined || other === undefined || one.some((guildId) => other.includes(guildId));
}
