/** What a storage class means for reading: some must be brought back first. Pure. */

/** Classes whose objects can't be read without a restore. */
export function isArchived(storageClass: string): boolean {
  return storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
}
