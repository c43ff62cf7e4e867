import { UserError } from '../../shared/errors.ts';
import { coreWords } from './words.ts';

/** One argument of a custom id: how it is written into the id, and read again. */
export interface Arg<T> {
  toText(value: T): string;
  /** Undefined where the text is none of this kind. */
  parse(text: string): T | undefined;
  /** Whether it may be missing. */
  readonly isOptional?: true;
}

/** Names and kinds of a custom id's arguments, in their order. */
export type ArgShape = Readonly<Record<string, Arg<unknown>>>;

type ValueOf<A> = A extends Arg<infer T> ? T : never;
type OptionalName<S> = { [K in keyof S]: undefined extends ValueOf<S[K]> ? K : never }[keyof S];

/** The arguments by name; those that may be missing are optional. */
export type ArgValues<S extends ArgShape> = {
  readonly [K in Exclude<keyof S, OptionalName<S>>]: ValueOf<S[K]>;
} & { readonly [K in OptionalName<S>]?: ValueOf<S[K]> };

/** A text that must be there. */
export const required: Arg<string> = {
  toText: (value) => value,
  parse: (text) => (text === '' ? undefined : text),
};

/** A text that may be missing. */
export const optional = maybe(required);

/** A whole number from 0; anything else reads as 0. */
export const count: Arg<number> = {
  toText: String,
  parse: (text) => Math.max(Number.parseInt(text, 10) || 0, 0),
};

/** A whole number from 1. */
export const ordinal: Arg<number> = {
  toText: String,
  parse: (text) => {
    const number = Number.parseInt(text, 10);
    return number >= 1 ? number : undefined;
  },
};

/** One of some words. */
export function oneOf<T extends string>(...words: readonly T[]): Arg<T> {
  return { toText: (value) => value, parse: (text) => words.find((word) => word === text) };
}

/** The same, which may be missing; what is none of its kind counts as missing. */
export function maybe<T>({ toText, parse }: Arg<T>): Arg<T | undefined> {
  return { toText: (value) => (value === undefined ? '' : toText(value)), parse, isOptional: true };
}

/** The arguments as texts in their order; missing ones at the end are left out. */
export function toArgTexts<S extends ArgShape>(shape: S, values: ArgValues<S>): string[] {
  const given: Readonly<Record<string, unknown>> = values;
  const texts = Object.entries(shape).map(([name, arg]) => arg.toText(given[name]));
  return texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
}

/** Undefined where an argument that must be there is missing. */
export function parseArgTexts<S extends ArgShape>(shape: S, texts: readonly string[]): ArgValues<S> | undefined {
  const entries: (readonly [string, unknown])[] = [];
  for (const [at, [name, arg]] of Object.entries(shape).entries()) {
    const value = arg.parse(texts[at] ?? '');
    if (value !== undefined) entries.push([name, value]);
    else if (arg.isOptional !== true) return undefined;
  }
  return Object.fromEntries(entries) as ArgValues<S>;
}

/** @throws UserError where an argument that must be there is missing: the id is from another version. */
export function requireArgs<S extends ArgShape>(shape: S, texts: readonly string[]): ArgValues<S> {
  const values = parseArgTexts(shape, texts);
  if (values === undefined) throw new UserError('control-unknown', coreWords.goneControl);
  return values;
}
