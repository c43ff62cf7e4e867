import { openAsBlob } from 'node:fs';

/** Uploads `file` to `api` through discord.js after loading the two HTTP clients in the given order. */
const [order = '', api = '', file = ''] = process.argv.slice(2);

const ours = () => import('../../src/backends/http/http-agent.ts');
const discord = () => import('discord.js');
if (order === 'ours-first') await ours();
const { REST } = await discord();
await ours();

const rest = new REST({ api, version: '10', retries: 0 }).setToken('token');
const body = new FormData();
body.append('files[0]', await openAsBlob(file), 'a.png');
await rest.post('/channels/1/messages', { body, passThroughBody: true });
