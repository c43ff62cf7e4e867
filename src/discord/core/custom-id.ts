import { AppError } from '../../shared/errors.ts';

const MAX_LENGTH = 100;
const SEPARATOR = ':';

/** A control's name and the texts of its arguments, as carried by a component's `custom_id`. */
export interface CustomId {
  readonly name: string;
  readonly texts: readonly string[];
}

/**
 * @throws AppError when an argument holds the separator or the whole is over 100 characters: a mistake of ours, never
 * of a person.
 */
export function encodeCustomId(name: string, ...args: readonly string[]): string {
  const encoded = [name, ...args].join(SEPARATOR);
  const isSound = encoded.length <= MAX_LENGTH && ![name, ...args].some((part) => part.includes(SEPARATOR));
  if (!isSound) throw new AppError('custom-id-invalid', `A custom id of ${name} cannot be encoded.`);
  return encoded;
}

export function parseCustomId(customId: string): CustomId {
  const [name = '', ...texts] = customId.split(SEPARATOR);
  return { name, texts };
}

/** Which control a custom id is of. */
export function toControlName(customId: string): string {
  return parseCustomId(customId).name;
}
