/** The few small files the shell itself keeps: its memory, the autostart entry, a saved report. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { SmallFiles } from './login-item.ts';

export const diskFiles: SmallFiles = {
  read: (file) => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return null;
    }
  },
  write: (file, text) => {
    mkdirSync(path.dirname(file), { recursive: true });
    // Whole or not at all: a half-written autostart entry would start nothing.
    writeFileSync(`${file}.part`, text, { mode: 0o600 });
    renameSync(`${file}.part`, file);
  },
  remove: (file) => rmSync(file, { force: true }),
};

const memorySchema = z.object({ lastFolder: z.string().nullable().catch(null), toldGoesOn: z.boolean().catch(false) });
export type ShellMemory = z.output<typeof memorySchema>;

/** What the shell remembers between starts; a damaged file is an empty memory. */
export class ShellMemoryFile {
  readonly #files: SmallFiles;
  readonly #file: string;

  constructor(files: SmallFiles, file: string) {
    this.#files = files;
    this.#file = file;
  }

  read(): ShellMemory {
    try {
      return memorySchema.parse(JSON.parse(this.#files.read(this.#file) ?? '{}'));
    } catch {
      return { lastFolder: null, toldGoesOn: false };
    }
  }

  write(change: Partial<ShellMemory>): void {
    this.#files.write(this.#file, `${JSON.stringify({ ...this.read(), ...change })}\n`);
  }
}
