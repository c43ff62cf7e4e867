/**
 * Makes Node set up its own HTTP client before undici is imported: whichever of the two comes first becomes the
 * process's global dispatcher, and both discord.js's uploads and `fetch` break where that is undici's.
 */
export const nativeResponse = globalThis.Response;
