import type { ModalSubmitInteraction } from 'discord.js';

/** A file that a person gave in a form; `url` is Discord's, and to be fetched like any other address from outside. */
export interface FormFile {
  readonly name: string;
  readonly url: string;
  /** Bytes. */
  readonly size: number;
}

export interface FormValues {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, FormFile>>;
}

/** What was typed, picked and uploaded in a form, by the custom id of each field. */
export function toFormValues(interaction: ModalSubmitInteraction): FormValues {
  const fields: Record<string, string> = {};
  const files: Record<string, FormFile> = {};
  for (const [customId, field] of interaction.fields.fields) {
    if ('value' in field && typeof field.value === 'string') fields[customId] = field.value.toWellFormed();
    if ('values' in field && field.values.length > 0) fields[customId] = field.values.join(',').toWellFormed();
    const file = 'attachments' in field ? field.attachments?.first() : undefined;
    if (file !== undefined) files[customId] = { name: file.name.toWellFormed(), url: file.url, size: file.size };
  }
  return { fields, files };
}
