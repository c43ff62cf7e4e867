/** A series as an expression asks for it: its name, and each label that must be there. */
export interface AskedSeries {
  readonly name: string;
  readonly labels: readonly string[];
}

/** What stands between series and is none. */
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'ignoring', 'group_left', 'group_right', 'inf', 'nan']);
const GROUPING = /\b(?:by|without|on)\s*\(([^)]*)\)/g;
/** A name, with its matchers where it has some; a name before a bracket is a function. */
const SERIES = /(?<![\w:$.])([a-z_][\w:]*)(?![\w:]*\s*\()(?:\{([^}]*)\})?/gi;

/** All series of an expression; labels by which it groups count for each of them. */
export function readSeries(expression: string): AskedSeries[] {
  const plain = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\[[^\]]*\]/g, '');
  const grouped = Array.from(plain.matchAll(GROUPING), ([, names = '']) => toNames(names)).flat();
  const rest = plain.replace(GROUPING, ' ');
  return Array.from(rest.matchAll(SERIES), ([, name = '', matchers = '']) => ({
    name,
    labels: [
      ...new Set([...grouped, ...Array.from(matchers.matchAll(/(\w+)\s*(?:!?=~?|!~)/g), ([, label = '']) => label)]),
    ],
  })).filter(({ name }) => !WORDS.has(name.toLowerCase()));
}

function toNames(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** Each series of a scrape with the labels that any of its lines has. */
export function readScrape(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const series = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-z_][\w:]*)(?:\{(.*)\})? /i.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}
