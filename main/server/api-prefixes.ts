/** Where every command and every file is served: with the version in the address, and without. */
export const apiPrefixes = ['/api/v1', '/api'] as const;
