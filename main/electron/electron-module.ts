/** Electron as a value that is handed around, so that tests hand in a stand-in; only main.ts imports the real one. */
import type electron from 'electron';

export type ElectronModule = typeof electron;
/** The part of Electron a function needs. */
export type Needs<K extends keyof ElectronModule> = Pick<ElectronModule, K>;
