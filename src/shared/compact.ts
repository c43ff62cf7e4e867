type MaybeUndefined<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Compact<T> = { [K in Exclude<keyof T, MaybeUndefined<T>>]: T[K] } & {
  [K in MaybeUndefined<T>]?: Exclude<T[K], undefined>;
};

/** Drops the fields that are undefined, so that a missing field is missing. */
export function compact<T extends object>(record: T): Compact<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Compact<T>;
}
