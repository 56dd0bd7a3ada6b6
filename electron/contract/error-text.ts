/** What an error says, for a log line or a sentence: its message, or whatever was thrown as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
