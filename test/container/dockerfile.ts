import { readFileSync } from 'node:fs';

/** One instruction, its continued lines joined. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  /** As later stages call it; the last one has none. */
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in their order. */
export function readDockerfile(path: string): readonly Stage[] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '');
  const instructions = Array.from(lines.matchAll(/^([A-Z]+)\s+(.+)$/gm), ([, name = '', text = '']) => ({
    name,
    text,
  }));
  const stages: { name?: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    const [, name] = / AS (\w+)$/i.exec(instruction.text) ?? [];
    if (instruction.name === 'FROM') stages.push({ ...(name !== undefined && { name }), instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** What an instruction says that may stand once in a stage: the last one counts. */
export function lastOf(stage: Stage | undefined, name: string): string {
  const found = stage?.instructions.findLast((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found.text;
}

/** The variables that a stage sets. */
export function environmentOf({ instructions }: Stage): Record<string, string> {
  const pairs = instructions.filter(({ name }) => name === 'ENV').map(({ text }) => text.split('='));
  return Object.fromEntries(pairs.map(([name = '', ...value]) => [name, value.join('=')]));
}

/** The program and its arguments of `CMD […]`, also behind the options of a HEALTHCHECK. */
export function toCommand(text: string): readonly string[] {
  const command: unknown = JSON.parse(text.slice(text.indexOf('[')));
  if (!Array.isArray(command)) throw new Error(`${text} would need a shell.`);
  return command.map(String);
}
