import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blankComments, findTexts } from './source-text.ts';

/** What nobody has to read twice any more, and what stands in its place. */
const RETIRED: readonly (readonly [RegExp, instead: string])[] = [
  [/\b(?:is|are|was|were|be|been|being) told\b/i, 'posted, written to, shown'],
  [/\b(?:waits?|waiting) to be told\b/i, 'waiting to be posted'],
  [/\bcould(?: not|n’t) be told\b/i, 'could not be posted'],
  [/\btell(?:s|ing)? nobody\b/i, 'post nothing'],
  [/\b(?:taken|takes?|taking) (?:it |them |that )?back\b/i, 'cancelled, undone'],
  [/\bpresse[sd]? (?:and|or) submit(?:s|ted)?\b/i, 'jobs'],
  [/\b1 (?:days|hours|minutes|seconds|jobs|votes|members)\b/i, 'the singular'],
  [/\b0 (?:days|hours|minutes|seconds) ago\b/i, 'just now'],
  [/\blooked (?:\d|just now|<t:)/i, 'Updated …'],
  [/\bby nobody here\b/i, 'Started outside Discord'],
  [/\bsaid again\b/i, 'repeated'],
  [/\b(?:is|are|was|were|be) (?:made|begun) anew\b/i, 'started again'],
  [/\b(?:waits?|waiting) (?:for )?(?:its|their|your) turn\b/i, 'in line'],
  [/\bsent by itself\b/i, 'starts by itself'],
  [/\bfor ever\b/i, 'forever'],
  [/\bwish(?:es)? to\b/i, 'want to'],
  [/\b(?:open|start|set|begin|make) (?:it |them |its secret |the job )?anew\b/i, 'again'],
  [/\bdid not take (?:it|the|this)\b/i, 'couldn’t post, refused'],
  [/\bI lack\b/i, 'I’m missing'],
  [/\b(?:was|were) wanted\b/i, 'only …'],
  [/\bwhoever runs the bot has to\b/i, 'tell whoever runs me'],
];

/** What only those read who may configure; others get the sentence without it. */
const FOR_CONFIGURERS = /\((?:4\d\d|5\d\d|5xx)\)|`(?:USEAPI|MJ|DISCORD|ACCOUNTS)_[A-Z_]+`/;
const WITH_CHECKS: Readonly<Record<string, RegExp>> = {
  // What to check, which is appended for those who may configure; and an alert, which moderators read.
  'src/jobs/words.ts': /^const (?:SECRETS|ADDRESSES)/,
  'src/discord/moderation/alert-words.ts': /\(596\)/,
};

/** Where a retired word stands for a reason. */
const ALLOWED: Readonly<Record<string, { readonly line: RegExp; readonly because: string }>> = {
  'docs/style.md': { line: /^\| .* \| .* \|$/, because: 'its table names what is not written any more' },
};

/** What the log and developers read. */
const FOR_DEVELOPERS = /\blogger\.\w+\([^;]*;|\bnew (?:AppError|RetryLater|Error|TypeError)\([^;]*;/g;
/** Two words with a blank between them. */
const SENTENCE = /[\p{L}…’]{2,} [\p{L}…’]{2,}/u;
/** Two words or more outside of a words.ts, for a reason. */
const NO_SENTENCES: Readonly<Record<string, { readonly text: RegExp; readonly because: string }>> = {
  'src/discord/core/guild-directory.ts': { text: /^(?:[A-Z]\w+ )+/, because: 'Discord’s names of permissions' },
  'src/moderation/policy.ts': { text: /^Manage \w+$/, because: 'Discord’s names of permissions' },
  'src/discord/moderation/setting-handlers.ts': { text: /^\/mod [a-z ]+$/, because: 'commands, for the log' },
  'src/discord/core/message-command.ts': { text: /^Explain notification$/, because: 'the name of a command' },
  'src/discord/jobs/job-details-command.ts': { text: /^Job details$/, because: 'the name of a command' },
  'src/discord/submissions/press-controls.ts': { text: /^Custom Zoom$/, because: 'a button of Midjourney' },
  'src/discord/submissions/press-forms.ts': { text: /^Custom Zoom$/, because: 'a button of Midjourney' },
  'src/discord/ui/refusal-text.ts': { text: /^\*\*View Channel\*\*$/, because: 'Discord’s name of a permission' },
  'src/discord/core/bot.ts': { text: /^the gateway closed with $/, because: 'for the log' },
  'src/discord/core/shard-connection.ts': { text: /^closed with $/, because: 'for the log' },
  'src/discord/core/command-registration.ts': { text: /^The commands (?:of a server )?could$/, because: 'for the log' },
  'src/discord/core/time-limit.ts': { text: /^the upload took longer than {2}s$/, because: 'for the log' },
  'src/discord/submissions/submission-wiring.ts': {
    text: /^(?:Where )?[Aa] card (?:is )?was not /,
    because: 'for the log',
  },
  'src/jobs/submissions/submission-runner.ts': { text: /^POST button$/, because: 'for the log' },
  'src/moderation/log/log-entry.ts': { text: /^expected JSON$/, because: 'for the log' },
  'src/media/file-kind.ts': { text: /^JPEG XL$/, because: 'the name of a format' },
  'src/jobs/submissions/press-rules.ts': { text: /^Custom Zoom$/, because: 'a button of Midjourney' },
};

const CODE = globSync(['src/**/*.ts', 'commands/**/*.ts', 'sandbox/{page,demo}/**/*.{ts,html}']).sort();
const SPEAKING = CODE.filter((file) =>
  /^src\/(?:discord|jobs|moderation|notifications|media)\/(?!.*words\.ts$)/.test(file),
);
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'sandbox/*.md', 'test/*.md', '.env.example']).filter(
  (file) => file !== 'CHANGELOG.md',
);

describe('texts for people', () => {
  it('reads every words.ts, and the documents', () => {
    expect(CODE.filter((file) => file.endsWith('words.ts')).length).toBeGreaterThan(5);
    expect(DOCUMENTS).toContain('README.md');
    expect(DOCUMENTS).toContain('docs/operations.md');
  });

  it.each(RETIRED)('do not say %s', (retired, instead) => {
    const found = [...CODE, ...DOCUMENTS].flatMap((file) => findIn(file, retired));

    expect(found, `write instead: ${instead}`).toEqual([]);
  });

  it('name no status and no variable but to those who may configure', () => {
    const found = CODE.filter((file) => file.endsWith('words.ts')).flatMap((file) => {
      const lines = findIn(file, FOR_CONFIGURERS);
      return lines.filter((line) => WITH_CHECKS[file]?.test(line.replace(/^\S+ /, '')) !== true);
    });

    expect(found).toEqual([]);
  });

  it('stand in a words.ts where an error says them', () => {
    const literal = /new (?:UserError|SubmissionError|MediaProblem)\(\s*(?:[\w.]+,\s*)?'[a-z-]+',\s*['`]/;
    const found = CODE.filter((file) => literal.test(blankComments(readFileSync(file, 'utf8'))));

    expect(found).toEqual([]);
  });

  it('stand in a words.ts, wherever they are said', () => {
    const found = SPEAKING.flatMap((file) =>
      findSentences(file).filter(({ text }) => NO_SENTENCES[file]?.text.test(text) !== true),
    );

    expect(found.map(({ text, at }) => `${at}: ${text}`)).toEqual([]);
    for (const [file, { text }] of Object.entries(NO_SENTENCES))
      expect([file, findSentences(file).some((sentence) => text.test(sentence.text))]).toEqual([file, true]);
  });

  it('has no exception that nothing needs', () => {
    for (const [file, { line }] of Object.entries(ALLOWED)) {
      const lines = readFileSync(file, 'utf8').split('\n');

      expect([file, lines.some((text) => line.test(text) && RETIRED.some(([retired]) => retired.test(text)))]).toEqual([
        file,
        true,
      ]);
    }
  });
});

/** Texts of two words or more, but for those of the log; what is filled in counts as nothing. */
function findSentences(file: string): readonly { readonly text: string; readonly at: string }[] {
  const source = blankComments(readFileSync(file, 'utf8')).replace(FOR_DEVELOPERS, (call) =>
    call.replace(/[^\n]/g, ''),
  );
  return findTexts(source)
    .map(({ text, line }) => ({ text: text.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, ''), at: `${file}:${line}` }))
    .filter(({ text }) => SENTENCE.test(text));
}

/**
 * Comments are for developers and are left out. The rest of a source is read whole: a retired word is several words
 * with blanks between them, which only a text has.
 */
function findIn(file: string, retired: RegExp): string[] {
  const source = readFileSync(file, 'utf8');
  const text = file.endsWith('.ts') ? blankComments(source) : source;
  return text
    .split('\n')
    .flatMap((line, at) =>
      retired.test(line) && ALLOWED[file]?.line.test(line) !== true ? [`${file}:${at + 1}: ${line.trim()}`] : [],
    );
}
