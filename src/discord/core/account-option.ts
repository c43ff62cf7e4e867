/** The option of commands that names an account; offered only where a server has several to choose from. */
export const ACCOUNT_OPTION = 'account';
