import { AppError, toErrorMessage } from '../shared/errors.ts';

/** Anything that keeps a queue from doing what it was asked; what it had acknowledged before stays. */
export class QueueError extends AppError {}

/** A payload does not fit its queue's schema. */
export class QueuePayloadError extends QueueError {
  constructor(queue: string, detail: string) {
    super('queue-payload-invalid', `A payload of queue "${queue}" does not fit its schema: ${detail}`);
  }
}

/** Another process kept the database locked for too long; nothing was changed. */
export class QueueLockedError extends QueueError {
  constructor(cause: unknown) {
    super('queue-locked', 'The queue database is locked by another process; nothing was changed.', { cause });
  }
}

/** There is no room left on the disk or in the file; nothing was changed. */
export class QueueFullError extends QueueError {
  constructor(cause: unknown) {
    super('queue-full', 'The queue database cannot grow: the disk or the allowed size is full; nothing was changed.', {
      cause,
    });
  }
}

/** The server cannot be reached; what was being changed may have been changed. */
export class QueueUnreachableError extends QueueError {
  constructor(cause: unknown) {
    super('queue-unreachable', `The queue cannot be reached: ${toErrorMessage(cause)}`, { cause });
  }
}

/** The queue does not lie in the place of the store whose transaction it was given; nothing was changed. */
export class QueueElsewhereError extends QueueError {
  constructor() {
    super('queue-elsewhere', 'The queue lies elsewhere than the store whose transaction it was given.');
  }
}

/** The queue was stopped. */
export class QueueStoppedError extends QueueError {
  constructor() {
    super('queue-stopped', 'The queue has been stopped.');
  }
}
