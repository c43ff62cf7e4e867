import {
  AttachmentBuilder,
  type ChatInputCommandInteraction,
  Client,
  Events,
  GatewayIntentBits,
  MessageFlags,
} from 'discord.js';
import { z } from 'zod';

const { DISCORD_TOKEN = '', DISCORD_API_URL = '', DISCORD_GUILD_IDS = '' } = process.env;
const { USEAPI_TOKEN = '', USEAPI_URL = '' } = process.env;
const TEXT_OPTION = 3;
const SUBCOMMAND = 1;
const COMMAND = {
  name: 'job',
  description: 'Jobs',
  options: [
    {
      type: SUBCOMMAND,
      name: 'show',
      description: 'Shows a job',
      options: [{ type: TEXT_OPTION, name: 'job', description: 'Its id', required: true }],
    },
  ],
} as const;

const File = z.object({ url: z.string() });
const Job = z.object({
  request: z.object({ prompt: z.string() }),
  response: z.object({ imageUx: z.array(File) }),
});

/** Fetched once, and kept in memory. */
const files = new Map<string, Promise<Buffer>>();

/**
 * The least that shows a job as this bot does: defers, reads the job at the API, and uploads its files, without asking
 * who may see it and without a button.
 */
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api: DISCORD_API_URL } });
client.on(Events.InteractionCreate, (interaction) => {
  if (interaction.isChatInputCommand()) void show(interaction);
});
client.once(Events.ClientReady, async (ready) => {
  await ready.application.commands.set([COMMAND], DISCORD_GUILD_IDS);
  process.stdout.write('Ready.\n');
});
process.once('SIGTERM', () => void client.destroy().then(() => process.exit(0)));
await client.login(DISCORD_TOKEN);

async function show(interaction: ChatInputCommandInteraction): Promise<void> {
  await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  const { request, response } = await readJob(interaction.options.getString('job', true));
  const urls = response.imageUx.map(({ url }) => url);
  const uploads = urls.map(async (url, at) => new AttachmentBuilder(await fetchOnce(url), { name: `${at}.png` }));
  await interaction.editReply({ content: request.prompt, files: await Promise.all(uploads) });
}

async function readJob(jobid: string): Promise<z.infer<typeof Job>> {
  const answer = await ask(`/v3/midjourney/jobs/${encodeURIComponent(jobid)}`);
  return Job.parse(await answer.json());
}

function fetchOnce(url: string): Promise<Buffer> {
  const known = files.get(url);
  if (known !== undefined) return known;
  const fetched = open(url).then(async (answer) => Buffer.from(await answer.arrayBuffer()));
  files.set(url, fetched);
  return fetched;
}

/** Midjourney's own files are behind the API's proxy. */
function open(url: string): Promise<Response> {
  const isMidjourneys = new URL(url).hostname === 'cdn.midjourney.com';
  return isMidjourneys ? ask(`/v1/proxy/cdn-midjourney/?cdnUrl=${encodeURIComponent(url)}`) : fetch(url);
}

function ask(path: string): Promise<Response> {
  return fetch(`${USEAPI_URL}${path}`, { headers: { authorization: `Bearer ${USEAPI_TOKEN}` } });
}
