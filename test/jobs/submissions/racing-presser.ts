import { once } from 'node:events';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

// Run as one of several child processes on one store: says `ready`, and when it is asked to go, presses a button of
// each job and submits each prompt, all at once. It ends with what it has posted, one line each.

const [path = '', count = ''] = process.argv.slice(2);
const numbers = Array.from({ length: Number(count) }, (_, n) => n + 1);
const api = new FakeSubmissionApi();
const bot = new SubmissionBot(api, SqliteStore.open(path), systemClock);
for (const n of numbers) {
  api.put(anApiJob({ jobid: aJobid(n), status: 'completed', buttons: ['V1'] }));
  await bot.tracker.observe(await api.readJob(aJobid(n)));
}
process.stdout.write('ready\n');
await once(process.stdin, 'data');
await Promise.all(
  numbers.flatMap((n) => [
    bot.press(toJobRef(aJobid(n)), 'V1'),
    bot.submissions.prompts.submit({ prompt: `harbour ${n}`, guildId: 'g1', userId: 'u1', key: `wish ${n}` }),
  ]),
);
const lines = api.posts.map(({ jobid, prompt }) => `posted ${jobid ?? prompt}\n`);
process.stdout.write(lines.join(''), () => process.exit(0));
