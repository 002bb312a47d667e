/** The only words for how an entry or the whole app is doing, and where bytes are (ui.md §2.1, §2.2). */

export const entryStates = ['upToDate', 'waiting', 'checking', 'uploading', 'downloading', 'moving', 'paused', 'offline', 'tryingAgain', 'skipped', 'conflict', 'waitingForYou', 'cantSync'] as const;
export type EntryState = (typeof entryStates)[number];

/** In the order in which they win (first wins): stopped > folder stopped > offline > paused > syncing > checking > up to date. */
export const headlineKinds = ['firstRun', 'serviceStopped', 'folderStopped', 'offline', 'paused', 'syncing', 'checking', 'upToDate'] as const;
export type HeadlineKind = (typeof headlineKinds)[number];

export const residencies = ['onDisk', 'alwaysOnDisk', 'notOnDisk'] as const;
export type Residency = (typeof residencies)[number];
export const tiers = ['warm', 'cold', 'archive'] as const;
export type TierName = (typeof tiers)[number];

/** What a fixing button does; the sentence and its button come from one table (renderer and command line share it). */
export const fixes = ['tryNow', 'enterKeys', 'trustCertificate', 'openClockSettings', 'freeSpace', 'chooseFolder', 'lookAgain', 'pairAgain', 'renameHere', 'renameThere', 'reveal', 'seeList', 'openPlace', 'saveReport', 'makeBucket'] as const;
export type Fix = (typeof fixes)[number];
