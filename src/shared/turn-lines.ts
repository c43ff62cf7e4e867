/** Those who wait, a line for each tenant: tenants take turns, each in the order in which it asked. */
export class TurnLines<T> {
  /** Whose turn is next first. */
  readonly #lines = new Map<string, T[]>();

  add(tenant: string, item: T): void {
    const line = this.#lines.get(tenant);
    if (line === undefined) this.#lines.set(tenant, [item]);
    else line.push(item);
  }

  /** The next of those who may. */
  find(may: (tenant: string, first: T) => boolean): T | undefined {
    for (const [tenant, [first]] of this.#lines) if (first !== undefined && may(tenant, first)) return first;
    return undefined;
  }

  /** Takes the first of a line; the rest of it is behind all others. */
  take(tenant: string): void {
    const line = this.#lines.get(tenant) ?? [];
    line.shift();
    this.#lines.delete(tenant);
    if (line.length > 0) this.#lines.set(tenant, line);
  }

  /** Takes out one that no longer waits; `false` where it was not there. */
  remove(tenant: string, item: T): boolean {
    const line = this.#lines.get(tenant) ?? [];
    const at = line.indexOf(item);
    if (at < 0) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(tenant);
    return true;
  }
}
