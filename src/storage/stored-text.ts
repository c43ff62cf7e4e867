import { KeyvJsonSerializer } from 'keyv';
import { z } from 'zod';

/** Stands for a value whose text is not what the store writes; fits no schema. */
export const UNREADABLE: unique symbol = Symbol('unreadable');

const Stored = z.object({ value: z.unknown(), expires: z.number().optional() });
const json = new KeyvJsonSerializer();

/** A value as it is stored, with when it is over its time. */
export interface StoredValue {
  readonly value: unknown;
  readonly expires?: number | undefined;
}

/** Never throws: one damaged text must not keep others from being read. */
export function parseStored(text: string): StoredValue {
  try {
    return Stored.parse(json.parse(text));
  } catch {
    return { value: UNREADABLE };
  }
}

export function isOver({ expires }: StoredValue, now: number): boolean {
  return expires !== undefined && expires <= now;
}

export function toStoredText(stored: StoredValue): string {
  return json.stringify(stored);
}

/** How Keyv reads and writes texts. */
export const serialization = {
  stringify: (value: unknown) => json.stringify(value),
  parse: <T>(text: string) => parseStored(text) as T,
};
