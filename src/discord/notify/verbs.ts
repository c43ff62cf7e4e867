/** The verbs that jobs of the API have; there may be others. */
export const KNOWN_VERBS: readonly string[] = [
  'imagine',
  'button',
  'blend',
  'describe',
  'variability',
  'remix',
  'relax',
  'fast',
  'turbo',
  'info',
  'seed',
  'seed_async',
];
