import { expect, it } from 'vitest';
import { readScrape, readSeries } from './promql.ts';

it('reads series and their labels out of an expression', () => {
  const expression =
    'histogram_quantile(0.9, sum by (le, name) (rate(x_seconds_bucket{job="$job",kind!~"a|b"}[5m]))) / on (job) y > 1e9';

  expect(readSeries(expression)).toEqual([
    { name: 'x_seconds_bucket', labels: ['le', 'name', 'job', 'kind'] },
    { name: 'y', labels: ['le', 'name', 'job'] },
  ]);
});

it('reads series and their labels out of a scrape', () => {
  const text = '# HELP x y\nx_total{a="1",b="{\\"c\\"}"} 4\nx_total{a="2"} 1\nplain 3\n';

  expect(readScrape(text)).toEqual(
    new Map([
      ['x_total', new Set(['a', 'b'])],
      ['plain', new Set()],
    ]),
  );
});
