/** The words for who someone is on a hub. */
export const roles = ['owner', 'admin', 'member', 'guest'] as const;
export type Role = (typeof roles)[number];
/** Where the lasting copy of a file is: "s3" once a verified copy is in the cold store. */
export const storageLocations = ['minio', 's3'] as const;
export type StorageLocation = (typeof storageLocations)[number];
