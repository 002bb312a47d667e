/** Small files that only this user may read, replaced whole: a crash leaves the old or the new one, never half of it. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';

export async function writePrivateFile(file: string, text: string): Promise<void> {
  const incoming = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await fs.open(incoming, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.rename(incoming, file);
}

export async function readPrivateFile(file: string): Promise<string | null> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
