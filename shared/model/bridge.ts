/** What the shell's preload gives the page beyond a browser; everything works without it too. */

export interface StrataBridge {
  readonly platform: 'win32' | 'darwin' | 'linux';
  /** Where the service answers and the bearer of this window. */
  session(): Promise<{ readonly address: string; readonly token: string }>;
  /** The system's folder dialog; null when the user leaves it. */
  pickFolder(): Promise<string | null>;
  /** A token for a dropped folder (`webUtils.getPathForFile` in the preload); '' when it is not on a disk. */
  droppedFolder(file: File): string;
  /** The path behind such a token, to show and to sync; null once it is forgotten. */
  folderOfToken(token: string): Promise<string | null>;
  notify(notice: { readonly id: string; readonly title: string; readonly text: string }): void;
  /** Removes a notice that is no longer true. */
  clearNotice(id: string): void;
  setBadge(count: number): void;
  readOpenAtLogin(): Promise<boolean>;
  writeOpenAtLogin(open: boolean): Promise<boolean>;
  restartService(): Promise<void>;
}
/** The preload publishes the bridge as `window.strata`. */
export const bridgeName = 'strata';
