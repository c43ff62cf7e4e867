import type { PageCommand } from '../server/page-api.ts';

/** A command with values by the names of its options, as somebody typed or pasted it. */
export interface TypedCommand {
  readonly command: PageCommand;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads `/job show job:abc public:true`. What stands before the first name is meant for the first option. `undefined`
 * where the text begins with no command, or is no more than its name.
 */
export function readTypedCommand(text: string, commands: readonly PageCommand[]): TypedCommand | undefined {
  const words = text.trim().replace(/\s+/g, ' ').toLowerCase();
  const fitting = commands.filter(({ path }) => words.startsWith(`/${path} `));
  const [command] = fitting.toSorted((a, b) => b.path.length - a.path.length);
  if (command === undefined) return undefined;
  const pattern = command.path.split(' ').join('\\s+');
  const rest = text.trim().replace(new RegExp(`^/${pattern}\\s+`, 'i'), '');
  return { command, values: readValues(rest, command) };
}

/** Whether an option is named in the text, so that it is surely meant as a whole command. */
export function namesAnOption(text: string, { command }: TypedCommand): boolean {
  return command.options.some(({ name }) => text.toLowerCase().includes(` ${name}:`));
}

function readValues(text: string, { options }: PageCommand): ReadonlyMap<string, string> {
  const names = options.map(({ name }) => name);
  const parts = text.split(new RegExp(`(?:^|\\s+)(${names.join('|')}):`, 'i'));
  const [first = '', ...named] = names.length === 0 ? [] : parts;
  const values = new Map<string, string>();
  if (first.trim() !== '' && names[0] !== undefined) values.set(names[0], first.trim());
  for (let at = 0; at < named.length; at += 2) {
    values.set(named[at]?.toLowerCase() ?? '', named[at + 1]?.trim() ?? '');
  }
  return values;
}
