import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { environmentOf, type Instruction, lastOf, readDockerfile, type Stage, toCommand } from './dockerfile.ts';

const isRoot = process.getuid?.() === 0;
/** Files of the image that a bot may not change, as in a container with a read-only root. */
const READ_ONLY = 'a-w,a+rX';

/**
 * What a Dockerfile makes, in a folder of this machine: each stage is a folder, and each of its steps is done there
 * with the tools of this machine. What only an engine can do, such as the base image, is left out.
 */
export class ImageFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), 'image-'));
  readonly #stages: readonly Stage[];

  constructor(dockerfile: string) {
    this.#stages = readDockerfile(dockerfile);
    chmodSync(this.#folder, 0o755);
    // A copy of Node, which also a user finds who may not look into this checkout.
    mkdirSync(join(this.#folder, 'bin'));
    cpSync(process.execPath, join(this.#folder, 'bin', 'node'));
    if (!isRoot) this.#allowToGiveAway();
  }

  /** Does all steps of all stages. */
  build(): void {
    for (const stage of this.#stages) {
      const root = this.#rootOf(stage);
      mkdirSync(root, { recursive: true });
      let workdir = root;
      for (const { name, text } of stage.instructions) {
        if (name === 'WORKDIR') workdir = join(root, text);
        if (name === 'WORKDIR') mkdirSync(workdir, { recursive: true });
        if (name === 'COPY') this.#copy(text, root, workdir);
        if (name === 'RUN') execFileSync('sh', ['-c', text], { cwd: workdir, env: this.#environment(), stdio: 'pipe' });
      }
    }
  }

  /** The data of the bot. */
  get data(): string {
    return join(this.#rootOf(this.#last), lastOf(this.#last, 'VOLUME'));
  }

  /** Takes from everybody, its owner included, the right to write anything but the data. */
  makeReadOnly(): void {
    const root = this.#rootOf(this.#last);
    execFileSync('find', [root, '-path', this.data, '-prune', '-o', '-exec', 'chmod', READ_ONLY, '{}', '+']);
  }

  start(environment: Readonly<Record<string, string>>): ChildProcess {
    return this.#spawn(toCommand(lastOf(this.#last, 'CMD')), environment);
  }

  checkHealth(environment: Readonly<Record<string, string>>): ChildProcess {
    return this.#spawn(toCommand(lastOf(this.#last, 'HEALTHCHECK')), environment);
  }

  remove(): void {
    execFileSync('chmod', ['-R', 'u+w', this.#folder]);
    rmSync(this.#folder, { recursive: true });
  }

  get #last(): Stage {
    const stage = this.#stages.at(-1);
    if (stage === undefined) throw new Error('There is no stage.');
    return stage;
  }

  #rootOf({ name = 'last' }: Stage): string {
    return join(this.#folder, 'stages', name);
  }

  /** Where only root may give files to another user, they stay with this one. */
  #allowToGiveAway(): void {
    writeFileSync(join(this.#folder, 'bin', 'chown'), '#!/bin/sh\n', { mode: 0o755 });
  }

  #copy(text: Instruction['text'], root: string, workdir: string): void {
    const [, stage, paths = ''] = /^(?:--from=(\w+) )?(.+)$/.exec(text) ?? [];
    const names = paths.split(' ');
    const target = names.pop() ?? '';
    const from = stage === undefined ? process.cwd() : this.#rootOf({ name: stage, instructions: [] });
    for (const name of names) {
      const to = target.endsWith('/') ? join(workdir, target, basename(name)) : join(workdir, target);
      cpSync(join(from, name), to, { recursive: true, verbatimSymlinks: true });
    }
    if (!workdir.startsWith(root)) throw new Error('It would be copied out of the image.');
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: '', PATH: `${join(this.#folder, 'bin')}${delimiter}${process.env['PATH']}` };
  }

  /** As the user of the image, where this one may become another; in nothing but the image's environment. */
  #spawn([program = '', ...args]: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
    const [uid = '', gid = uid] = lastOf(this.#last, 'USER').split(':');
    const node = join(this.#folder, 'bin', program);
    const user = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs', '--inh-caps=-all'];
    const [command = '', ...whole] = [...(isRoot ? user : []), node, ...args];
    return spawn(command, whole, {
      cwd: join(this.#rootOf(this.#last), lastOf(this.#last, 'WORKDIR')),
      env: { ...environmentOf(this.#last), ...environment, PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
