/** Answers the preload, and only the main frame of our window on the service's own origin (rule 41); everyone else gets nothing. */
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import path from 'node:path';
import { z } from 'zod';
import { bridgeAsks, bridgeTells } from '../../shared/model/bridge-channels.ts';
import type { Needs } from './electron-module.ts';
import { originOf } from './navigation.ts';
import type { Notice } from './notifications.ts';
import type { ServiceSession } from './service-channel.ts';
import { dropOldest } from '../base/drop-oldest.ts';

export interface BridgeHandlers {
  /** The origin that the service reported, or null while it is gone. */
  readonly origin: () => string | null;
  /** The id of the one window's contents. */
  readonly windowId: () => number | null;
  readonly session: () => Promise<ServiceSession>;
  readonly pickFolder: () => Promise<string | null>;
  readonly readOpenAtLogin: () => boolean;
  readonly writeOpenAtLogin: (open: boolean) => boolean;
  readonly restartService: () => void;
  readonly notify: (notice: Notice) => void;
  readonly clearNotice: (id: string) => void;
  readonly setBadge: (count: number) => void;
}

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame' | 'sender'>;

/** A frame that has gone is null; an embedded one has a parent; a page of another origin is a stranger. */
export function isTrusted({ senderFrame, sender }: Sender, origin: string | null, windowId: number | null): boolean {
  if (senderFrame === null || senderFrame.parent !== null || origin === null) return false;
  return sender.id === windowId && senderFrame.origin === origin && originOf(senderFrame.url) === origin;
}

const notice = z.object({ id: z.string().max(200), title: z.string().max(200), text: z.string().max(1000) });
const dropped = z.tuple([z.uuid(), z.string().min(1).max(32_767)]);
const mostDropped = 64;

export function answerBridge({ ipcMain }: Needs<'ipcMain'>, handlers: BridgeHandlers): void {
  const folders = new Map<string, string>();
  const trusted = (event: Sender): boolean => isTrusted(event, handlers.origin(), handlers.windowId());
  const answer = (channel: string, handle: (argument: unknown) => unknown): void =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!trusted(event)) throw new Error('not for this page');
      return handle(argument);
    });
  const hear = (channel: string, handle: (args: unknown[]) => void): void =>
    void ipcMain.on(channel, (event, ...args: unknown[]) => {
      if (trusted(event)) handle(args);
    });

  answer(bridgeAsks.session, () => handlers.session());
  answer(bridgeAsks.pickFolder, () => handlers.pickFolder());
  answer(bridgeAsks.folderOfToken, (token) => (typeof token === 'string' ? folders.get(token) ?? null : null));
  answer(bridgeAsks.readOpenAtLogin, () => handlers.readOpenAtLogin());
  answer(bridgeAsks.writeOpenAtLogin, (open) => handlers.writeOpenAtLogin(z.boolean().parse(open)));
  answer(bridgeAsks.restartService, () => handlers.restartService());
  hear(bridgeTells.droppedFolder, (args) => {
    const [token, folder] = dropped.safeParse(args).data ?? [];
    if (token === undefined || folder === undefined || !path.isAbsolute(folder)) return;
    folders.set(token, folder);
    dropOldest(folders, mostDropped);
  });
  hear(bridgeTells.notify, ([given]) => {
    const read = notice.safeParse(given);
    if (read.success) handlers.notify(read.data);
  });
  hear(bridgeTells.clearNotice, ([id]) => {
    if (typeof id === 'string') handlers.clearNotice(id);
  });
  hear(bridgeTells.setBadge, ([count]) => {
    const read = z.number().int().nonnegative().safeParse(count);
    if (read.success) handlers.setBadge(read.data);
  });
}
