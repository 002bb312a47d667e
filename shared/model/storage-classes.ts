/** The storage classes that a rule may ask for, as S3 names them; which of them a store has is found by its own answer. */

export const storageClasses = ['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'] as const;
export type StorageClass = (typeof storageClasses)[number];
