/** What the page gets beyond a browser, through the sandbox's one narrow gap; no path, no key and no module crosses it unasked. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { bridgeAsks, bridgeTells } from '../shared/model/bridge-channels.ts';
import { bridgeName, type StrataBridge } from '../shared/model/bridge.ts';

const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';

const bridge: StrataBridge = {
  platform,
  session: () => ipcRenderer.invoke(bridgeAsks.session),
  pickFolder: () => ipcRenderer.invoke(bridgeAsks.pickFolder),
  droppedFolder: (file) => {
    const folder = webUtils.getPathForFile(file);
    if (folder === '') return '';
    const token = crypto.randomUUID();
    ipcRenderer.send(bridgeTells.droppedFolder, token, folder);
    return token;
  },
  folderOfToken: (token) => ipcRenderer.invoke(bridgeAsks.folderOfToken, token),
  notify: (notice) => ipcRenderer.send(bridgeTells.notify, { id: notice.id, title: notice.title, text: notice.text }),
  clearNotice: (id) => ipcRenderer.send(bridgeTells.clearNotice, id),
  setBadge: (count) => ipcRenderer.send(bridgeTells.setBadge, count),
  readOpenAtLogin: () => ipcRenderer.invoke(bridgeAsks.readOpenAtLogin),
  writeOpenAtLogin: (open) => ipcRenderer.invoke(bridgeAsks.writeOpenAtLogin, open),
  restartService: () => ipcRenderer.invoke(bridgeAsks.restartService),
};
contextBridge.exposeInMainWorld(bridgeName, bridge);
