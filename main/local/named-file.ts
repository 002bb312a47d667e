/** Small files that the user names on the command line: read whole, and written only where nothing is yet. */
import { readFile, writeFile } from 'node:fs/promises';
import { AppError } from '../base/app-error.ts';
import { isErrno } from './disk-errors.ts';

/** Throws `bad_request`, with the file's name, when it can't be read. */
export async function readNamedFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new AppError('bad_request', { detail: `${file} can’t be read` }, thrown);
  }
}

/** Throws `bad_request` when the file is there already (it is somebody's), or can't be written. */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (thrown) {
    throw new AppError('bad_request', { detail: isErrno(thrown, 'EEXIST') ? `${file} is there already; name another file` : `${file} can’t be written` }, thrown);
  }
}
