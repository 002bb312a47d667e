/** The names under which the preload asks the shell; both sides read them here. */
export const bridgeAsks = {
  session: 'strata:session',
  pickFolder: 'strata:pick-folder',
  folderOfToken: 'strata:folder-of-token',
  readOpenAtLogin: 'strata:read-open-at-login',
  writeOpenAtLogin: 'strata:write-open-at-login',
  restartService: 'strata:restart-service',
} as const;
export const bridgeTells = {
  droppedFolder: 'strata:dropped-folder',
  notify: 'strata:notify',
  clearNotice: 'strata:clear-notice',
  setBadge: 'strata:set-badge',
} as const;
