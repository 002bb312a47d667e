/** How long a claim of deletion is respected before another device may take it over (rule 4), in the store's time. */
export const claimLifetimeMs = 60_000;
