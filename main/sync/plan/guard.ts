/** When a number of deletions, or of overwrites that look like damage, is too large to be believed without asking (rule 8). Pure. */

export const guardWindowMs = 3_600_000;

/** Counts are files of one root and direction: those about to go, those gone in the last hour, and all that both sides agreed on. */
export interface ChangeCounts {
  readonly planned: number;
  readonly inLastHour: number;
  readonly files: number;
}

/** Hold: more than 50 *and* (more than 25 % or more than 1,000), or all of a root of 5 or more. */
export function isMassChange({ planned, inLastHour, files }: ChangeCounts): boolean {
  if (planned === 0) return false;
  const sum = planned + inLastHour;
  // Files already deleted in the window are no longer among `files`; the share is of what there was (of overwrites a little less than it is).
  const before = files + inLastHour;
  if (before >= 5 && sum >= before) return true;
  return sum > 50 && (sum > 0.25 * before || sum > 1000);
}
