/** Moments as the hub writes them: ISO 8601 in UTC with milliseconds, so that their texts sort as they do. */
export function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}
