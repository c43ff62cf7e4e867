import type { DocumentId } from './contract.ts';
import type { DocumentRows, FoundRow, RowWrite } from './document-rows.ts';

/** The rows that one transaction has read, as it found them, and those that it will write. */
export class TransactionRows {
  readonly #rows: DocumentRows;
  readonly #found = new Map<string, FoundRow>();
  readonly #written = new Map<string, RowWrite>();

  constructor(rows: DocumentRows) {
    this.#rows = rows;
  }

  get found(): readonly FoundRow[] {
    return [...this.#found.values()];
  }

  get written(): readonly RowWrite[] {
    return [...this.#written.values()];
  }

  /** The text of a row as this transaction leaves it so far. */
  async read({ collection, key }: DocumentId): Promise<string | undefined> {
    const id = toText({ collection, key });
    const known = this.#written.get(id) ?? this.#found.get(id);
    if (known !== undefined) return known.text;
    const text = await this.#rows.read({ collection, key });
    this.#found.set(id, { collection, key, text });
    return text;
  }

  write(row: RowWrite): void {
    this.#written.set(toText(row), row);
  }
}

function toText({ collection, key }: DocumentId): string {
  return `${collection}\u0000${key}`;
}
