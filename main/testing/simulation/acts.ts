/** Does on a simulated disk or bucket what a history says; what does not apply at that moment does nothing. */
import type { MemoryNode } from '../memory-disk-tree.ts';
import type { MemoryBucket } from '../memory-store.ts';
import { at, rootFolder, type WorldDevice } from '../world-device.ts';
import type { ForeignAct, UserAct } from './history.ts';

/** What a person left unfinished on a computer. */
export interface Desk {
  /** A file that a program keeps open, wherever it is moved. */
  open: MemoryNode | null;
  /** The second half of a save in two steps. */
  unfinished: (() => void) | null;
}

export function act(device: WorldDevice, desk: Desk, doing: UserAct): void {
  const { disk } = device;
  const kindOf = (path: string): string | null => disk.stat(at(path))?.kind ?? null;
  const parentIsFree = (path: string): boolean => path.split('/').every((_, count, parts) => count === 0 || ['folder', null].includes(kindOf(parts.slice(0, count).join('/'))));
  const mayWrite = (path: string): boolean => parentIsFree(path) && [null, 'file'].includes(kindOf(path));
  const isFile = (path: string): boolean => kindOf(path) === 'file';
  switch (doing.do) {
    case 'write':
      if (mayWrite(doing.path)) disk.write(at(doing.path), doing.text);
      return;
    case 'append':
      if (isFile(doing.path)) disk.append(at(doing.path), ` + ${doing.text}`);
      return;
    case 'save':
      if (mayWrite(doing.path)) disk.save(at(doing.path), doing.text);
      return;
    case 'saveWithBackup':
      if (!isFile(doing.path)) return;
      disk.rename(at(doing.path), at(`${doing.path}~`));
      disk.write(at(doing.path), doing.text);
      disk.remove(at(`${doing.path}~`));
      return;
    case 'truncateThenWrite':
      if (!isFile(doing.path)) return;
      disk.write(at(doing.path), '');
      desk.unfinished = () => act(device, desk, { do: 'write', path: doing.path, text: doing.text });
      return;
    case 'writeUnnoticed': {
      const stat = disk.stat(at(doing.path));
      if (stat?.kind !== 'file' || stat.sizeBytes < 8) return;
      disk.write(at(doing.path), doing.text.padEnd(stat.sizeBytes, '.').slice(0, stat.sizeBytes), { mtimeNs: stat.mtimeNs });
      return;
    }
    case 'holdOpen':
      if (isFile(doing.path)) desk.open = disk.tree.find(at(doing.path)).found;
      return;
    case 'writeHeldOpen':
      writeToNode(device, desk.open, doing.text);
      return;
    case 'remove':
      if (kindOf(doing.path) !== null) disk.remove(at(doing.path));
      return;
    case 'mkdir':
      if (parentIsFree(doing.path) && kindOf(doing.path) === null) disk.mkdir(at(doing.path));
      return;
    case 'touch':
      if (isFile(doing.path)) disk.touch(at(doing.path));
      return;
    case 'executable':
      if (isFile(doing.path)) disk.chmod(at(doing.path), { executable: disk.stat(at(doing.path))?.executable !== true });
      return;
    case 'unreadable':
      if (isFile(doing.path)) disk.chmod(at(doing.path), { readable: false });
      return;
    case 'link':
      if (!mayWrite(doing.path)) return;
      if (kindOf(doing.path) !== null) disk.remove(at(doing.path));
      disk.symlink(at(doing.path), 'elsewhere');
      return;
    case 'replaceByFolder':
      if (!isFile(doing.path)) return;
      disk.remove(at(doing.path));
      disk.mkdir(at(doing.path));
      return;
    case 'replaceByFile':
      if (kindOf(doing.path) !== 'folder') return;
      disk.remove(at(doing.path));
      disk.write(at(doing.path), doing.text);
      return;
    case 'rename':
      return rename(device, doing.path, doing.to);
    case 'swap':
      if (!isFile(doing.path) || !isFile(doing.to) || doing.path === doing.to) return;
      disk.rename(at(doing.path), at('swapping'));
      disk.rename(at(doing.to), at(doing.path));
      disk.rename(at('swapping'), at(doing.to));
      return;
    case 'rotate':
      // As logs are: what was at `to` goes on to a third name, and the first name begins anew.
      if (!isFile(doing.path) || doing.path === doing.to) return;
      if (isFile(doing.to)) rename(device, doing.to, 'rotated.txt');
      rename(device, doing.path, doing.to);
      return;
    case 'copy':
      if (isFile(doing.path) && mayWrite(doing.to) && doing.path !== doing.to) disk.write(at(doing.to), disk.bytes(at(doing.path)));
      return;
    case 'removeAll':
      for (const path of Object.keys(disk.list(rootFolder)).filter((each) => !each.endsWith('/'))) if (path !== '.strataignore') disk.remove(at(path));
      return;
    case 'ignore':
      disk.write(at('.strataignore'), `${doing.pattern}\n`);
      return;
  }
}

function rename(device: WorldDevice, from: string, to: string): void {
  const source = device.disk.stat(at(from));
  const target = device.disk.stat(at(to));
  if (source === null || from === to || to.startsWith(`${from}/`) || from.startsWith(`${to}/`)) return;
  if (target !== null && (target.kind !== 'file' || source.kind !== 'file')) return;
  const free = to.split('/').every((_, count, parts) => count === 0 || ['folder', undefined].includes(device.disk.stat(at(parts.slice(0, count).join('/')))?.kind));
  if (free) device.disk.rename(at(from), at(to));
}

/** Through an open handle: it reaches the file wherever it was moved to, even into a trash. */
function writeToNode(device: WorldDevice, node: MemoryNode | null, text: string): void {
  if (node === null || node.names === 0) return;
  const { tree } = device.disk;
  tree.usedBytes += text.length - node.bytes.byteLength;
  node.bytes = new TextEncoder().encode(text);
  node.durableBytes = node.bytes;
  node.mtimeNs = tree.nowNs();
  node.ctimeNs = node.mtimeNs;
}

export function actInPlace(bucket: MemoryBucket, doing: ForeignAct): void {
  const found = bucket.objects.get(doing.key);
  switch (doing.do) {
    case 'put':
      return void bucket.write(doing.key, doing.text);
    case 'putArchived':
      return void bucket.write(doing.key, doing.text, { storageClass: 'GLACIER' });
    case 'erase':
      return bucket.erase(doing.key);
    case 'rewriteSame':
      // As tools do that rewrite an object and keep its metadata (rule 14).
      if (found !== undefined && found.metadata.deletionClaim !== true) bucket.write(doing.key, found.bytes, { metadata: found.metadata });
      return;
    case 'putFolder':
      return void bucket.write(doing.key, '');
    case 'move':
      if (found === undefined || found.metadata.deletionClaim === true || doing.key === doing.to) return;
      bucket.write(doing.to, found.bytes);
      bucket.erase(doing.key);
      return;
  }
}
