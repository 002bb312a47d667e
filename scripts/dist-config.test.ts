/** The installers’ configuration is what electron-builder understands, and keeps what the app’s safety rests on. */
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inProject } from './project.mjs';

// electron-builder's own reader and validator, so that the test can't understand more than it does.
const requireFromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
interface BuilderConfig { getConfig(folder: string, file: string | null, overrides: object | null): Promise<Record<string, unknown>>; validateConfiguration(config: object, log: object): Promise<void> }
const builder = requireFromBuilder('app-builder-lib/out/util/config/config.js') as BuilderConfig;
const quiet = { isEnabled: false, add: () => {} };
const read = (): Promise<Record<string, unknown>> => builder.getConfig(inProject('.'), 'electron-builder.yml', null);

describe('electron-builder.yml', () => {
  it('passes electron-builder’s own schema', async () => {
    await expect(builder.validateConfiguration(await read(), quiet)).resolves.toBeUndefined();
  });
  it('would be refused with a word that electron-builder does not know', async () => {
    await expect(builder.validateConfiguration({ ...(await read()), electronFusses: {} }, quiet)).rejects.toThrow(/electronFusses/);
  });
  it('closes every door that Electron leaves open by default', async () => {
    expect((await read())['electronFuses']).toEqual({
      runAsNode: false, enableNodeOptionsEnvironmentVariable: false, enableNodeCliInspectArguments: false, enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true, onlyLoadAppFromAsar: true, grantFileProtocolExtraPrivileges: false,
    });
  });
  it('makes the installers of all three systems, with icons that are there', async () => {
    const { win, mac, linux } = (await read()) as { win: { target: unknown; icon: string }; mac: { target: unknown; icon: string }; linux: { target: unknown; icon: string } };
    expect([win.target, mac.target, linux.target]).toEqual(['nsis', ['dmg', 'zip'], ['AppImage', 'deb']]);
    expect([win.icon, mac.icon, linux.icon].filter((icon) => !existsSync(inProject(icon)))).toEqual([]);
  });
});
