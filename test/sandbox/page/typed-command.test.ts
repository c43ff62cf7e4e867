import { describe, expect, it } from 'vitest';
import { namesAnOption, readTypedCommand } from '../../../sandbox/page/client/typed-command.ts';
import type { PageCommand } from '../../../sandbox/page/server/page-api.ts';

const COMMANDS = [
  aCommand('job', []),
  aCommand('job show', ['job', 'public']),
  aCommand('jobs', ['api-channel', 'type']),
  aCommand('imagine', ['prompt', 'api-channel']),
];

function aCommand(path: string, names: readonly string[]): PageCommand {
  const options = names.map((name) => ({
    name,
    description: '',
    type: 3,
    isRequired: false,
    hasAutocomplete: false,
    choices: [],
  }));
  return { path, description: '', options };
}

function read(text: string) {
  const typed = readTypedCommand(text, COMMANDS);
  return typed && [typed.command.path, Object.fromEntries(typed.values)];
}

describe('a command that was pasted', () => {
  it.each([
    ['/job show job:abc', 'job show', { job: 'abc' }],
    ['  /Job  Show  job: abc  public:True ', 'job show', { job: 'abc', public: 'True' }],
    [
      '/job show job:j1-u2-c3-bot:midjourney public:false',
      'job show',
      { job: 'j1-u2-c3-bot:midjourney', public: 'false' },
    ],
    [
      '/imagine prompt:a clock: noon, --ar 3:2 api-channel:12',
      'imagine',
      { prompt: 'a clock: noon, --ar 3:2', 'api-channel': '12' },
    ],
    ['/imagine a fox, reading', 'imagine', { prompt: 'a fox, reading' }],
    ['/imagine a fox api-channel:12', 'imagine', { prompt: 'a fox', 'api-channel': '12' }],
    ['/jobs type:video', 'jobs', { type: 'video' }],
    ['/job show', 'job', {}],
  ])('%s', (text, path, values) => {
    expect(read(text)).toEqual([path, values]);
  });

  it.each(['', '/', '/jobs', '/job', 'job show job:abc', '/unknown job:abc', '/jobshow job:abc'])(
    'is not “%s”',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );

  it('is surely whole where it names an option', () => {
    const isWhole = (text: string) => {
      const typed = readTypedCommand(text, COMMANDS);
      return typed !== undefined && namesAnOption(text, typed);
    };

    expect(['/job show job:', '/job show a job', '/imagine a fox'].map(isWhole)).toEqual([true, false, false]);
  });
});
