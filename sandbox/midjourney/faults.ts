import { z } from 'zod';

const FaultAction = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    /** A string is sent as it is, anything else as JSON; nothing: an empty body. */
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.object({ kind: z.literal('delay'), ms: z.number().min(0).max(600_000) }),
  /** `before-response`: not a byte of the answer; `mid-body`: headers and half of the body. */
  z.object({ kind: z.literal('cut'), after: z.enum(['before-response', 'mid-body']).optional() }),
  /** Never answered, until whoever asks goes away. */
  z.object({ kind: z.literal('hang') }),
  z.object({ kind: z.literal('garbage'), contentType: z.string().optional() }),
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('redirect'), to: z.string() }),
  z.object({ kind: z.literal('html') }),
]);
export type FaultAction = z.infer<typeof FaultAction>;

/** Goes wrong for every request that matches, `times` times (for ever by default). */
export const Fault = z.object({
  match: z.object({
    method: z.string().optional(),
    /** Beginning with `/`: a prefix of path and query; else the source of a regular expression over them. */
    path: z.string().max(500).optional(),
  }),
  times: z.number().int().min(1).optional(),
  /**
   * True: the request does its work first, and only its answer goes wrong (a job was made, the answer is lost).
   * False, the default: the request never takes effect. A `delay` waits after or before the work accordingly, and the
   * work is done either way.
   */
  takesEffect: z.boolean().optional(),
  action: FaultAction,
});
export type Fault = z.infer<typeof Fault>;

interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  readonly pattern: RegExp | undefined;
  left: number;
}

/** The faults that are switched on, first come first served. */
export class Faults {
  readonly #active: ActiveFault[] = [];
  #lastId = 0;

  /**
   * Switches a fault on; returns how to switch it off.
   * @throws ZodError, or SyntaxError for a path that is no regular expression.
   */
  add(input: Fault): () => void {
    const fault = Fault.parse(input);
    const path = fault.match.path ?? '/';
    this.#lastId += 1;
    const entry: ActiveFault = {
      id: this.#lastId,
      fault,
      pattern: path.startsWith('/') ? undefined : new RegExp(path, 'u'),
      left: fault.times ?? Number.POSITIVE_INFINITY,
    };
    this.#active.push(entry);
    return () => this.#remove(entry);
  }

  clear(): void {
    this.#active.length = 0;
  }

  list(): readonly Fault[] {
    return this.#active.map(({ fault }) => fault);
  }

  /** The fault that a request meets, used up by one. */
  take(method: string, path: string): Fault | undefined {
    const entry = this.#active.find((candidate) => matches(candidate, method, path));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#remove(entry);
    return entry.fault;
  }

  #remove(entry: ActiveFault): void {
    const index = this.#active.indexOf(entry);
    if (index >= 0) this.#active.splice(index, 1);
  }
}

function matches({ fault, pattern }: ActiveFault, method: string, path: string): boolean {
  if (fault.match.method !== undefined && fault.match.method.toUpperCase() !== method) return false;
  return pattern === undefined ? path.startsWith(fault.match.path ?? '/') : pattern.test(path);
}
