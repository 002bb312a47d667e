/** How long a claim of deletion is respected before another device may take it over (rule 4), in the store's time. */
export const claimLifetimeMs = 60_000;
/** What a claim of deletion weighs: a listing, which shows no metadata, can't tell it from a file of this size. */
export const claimSizeBytes = 16;
