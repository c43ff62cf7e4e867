import { type ChatInputCommandInteraction, type CommandInteractionOption, GuildMember } from 'discord.js';
import { compact } from '../../shared/compact.ts';
import { AppError } from '../../shared/errors.ts';
import type { FormFile } from './form-values.ts';

type OptionValue = string | number | boolean;

/** A member that an option names, as Discord describes them. */
export interface NamedMember {
  readonly userId: string;
  readonly roleIds: readonly string[];
  /** The member's permissions in the channel where the command was given. */
  readonly permissions: bigint;
  /** Whether `permissions` are those of the whole server, because the channel's own are not known. */
  readonly isServerWide: boolean;
  readonly isOwner: boolean;
}

/** A file that was given to a command; `url` is Discord's, and good for a day. */
export interface GivenFile extends FormFile {
  /** As the client says; not to be trusted. */
  readonly contentType?: string;
}

/** The options of a command as given; what Discord promised to be there and is not, is our mistake. */
export class CommandOptions {
  readonly #values: ReadonlyMap<string, OptionValue>;
  readonly #members: ReadonlyMap<string, NamedMember>;
  readonly #files: ReadonlyMap<string, GivenFile>;

  constructor(
    values: Iterable<readonly [string, OptionValue]>,
    members: Iterable<readonly [string, NamedMember]> = [],
    files: Iterable<readonly [string, GivenFile]> = [],
  ) {
    this.#values = new Map([...values].map(([name, value]) => [name, toWellFormed(value)]));
    this.#members = new Map(members);
    this.#files = new Map(files);
  }

  /** None where the person is not, or no longer, a member of the server; the id is there as a string nevertheless. */
  member(name: string): NamedMember | undefined {
    return this.#members.get(name);
  }

  file(name: string): GivenFile | undefined {
    return this.#files.get(name);
  }

  requiredNumber(name: string): number {
    const value = this.number(name);
    if (value === undefined) throw new AppError('option-missing', `Option ${name} is missing.`);
    return value;
  }

  string(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw new AppError('option-missing', `Option ${name} is missing.`);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values.get(name);
    return typeof value === 'boolean' ? value : undefined;
  }
}

function toWellFormed(value: OptionValue): OptionValue {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** Options of the subcommand that was called, by name; members, roles and channels as ids. */
export function toCommandOptions(interaction: ChatInputCommandInteraction): CommandOptions {
  const flat = interaction.options.data.flatMap((option) => option.options ?? [option]);
  const inner = flat.flatMap((option) => option.options ?? [option]);
  const values = inner.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  const members = inner.flatMap((option) => toNamedMember(option, interaction));
  return new CommandOptions(values, members, inner.flatMap(toGivenFile));
}

function toGivenFile({ name: option, attachment }: CommandInteractionOption): (readonly [string, GivenFile])[] {
  if (attachment === undefined || attachment === null) return [];
  const { name, url, size, contentType } = attachment;
  const file: GivenFile = {
    name: name.toWellFormed(),
    url,
    size,
    ...compact({ contentType: contentType ?? undefined }),
  };
  return [[option, file]];
}

function toNamedMember({ name, member, user }: CommandInteractionOption, interaction: ChatInputCommandInteraction) {
  if (member === undefined || member === null || user === undefined) return [];
  const { roles } = member;
  const named: NamedMember = {
    userId: user.id,
    roleIds: Array.isArray(roles) ? roles : [...roles.cache.keys()],
    ...toPermissions(member, user.id, interaction),
    isOwner: user.id === interaction.guild?.ownerId,
  };
  return [[name, named] as const];
}

/**
 * As the member's own interactions would say: for the asker this one says so, for others the channel's overwrites are
 * applied.
 */
function toPermissions(
  member: NonNullable<CommandInteractionOption['member']>,
  userId: string,
  { user, memberPermissions, channel }: ChatInputCommandInteraction,
): Pick<NamedMember, 'permissions' | 'isServerWide'> {
  if (user.id === userId && memberPermissions !== null)
    return { permissions: memberPermissions.bitfield, isServerWide: false };
  if (!(member instanceof GuildMember)) return { permissions: BigInt(member.permissions), isServerWide: false };
  const here = channel === null || channel.isDMBased() ? null : channel.permissionsFor(member);
  return { permissions: (here ?? member.permissions).bitfield, isServerWide: here === null };
}

/** `job show`, `mod words add`: the command with its group and subcommand. */
export function toCommandPath(interaction: {
  readonly commandName: string;
  readonly options: {
    getSubcommandGroup(required: false): string | null;
    getSubcommand(required: false): string | null;
  };
}): string {
  const group = interaction.options.getSubcommandGroup(false);
  const subcommand = interaction.options.getSubcommand(false);
  return [interaction.commandName, group, subcommand].filter((part) => part !== null).join(' ');
}
