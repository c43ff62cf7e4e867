import { AppError } from '../../shared/errors.ts';

/** @throws AppError `backend-invalid-token`, before a request is made with what no header can hold */
export function toBearerHeaders(token: string): Readonly<Record<string, string>> {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new AppError('backend-invalid-token', 'the API token has characters that no token has');
  return { authorization: `Bearer ${token}` };
}
