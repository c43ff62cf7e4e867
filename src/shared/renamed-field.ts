import { z } from 'zod';

/** A schema that also takes documents in which the field `to` still has its former name `from`. */
export function withRenamedField<T extends z.ZodType>(schema: T, from: string, to: string) {
  return z.preprocess((value) => rename(value, from, to), schema);
}

function rename(value: unknown, from: string, to: string): unknown {
  if (typeof value !== 'object' || value === null || !(from in value) || to in value) return value;
  const { [from]: kept, ...others } = value as Record<string, unknown>;
  return { ...others, [to]: kept };
}
