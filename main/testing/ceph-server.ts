/** A one-node Ceph with its S3 gateway, all in memory, for tests on computers that have its programs. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownProcess, type OwnProcess } from './own-process.ts';

export const cephPrograms = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph', 'radosgw-admin', 'monmaptool', 'ceph-authtool'] as const;

export async function startCeph(options: { readonly folder: string; readonly port: number; readonly monPort: number; readonly accessKey: string; readonly secretKey: string }): Promise<OwnProcess> {
  const { folder, monPort } = options;
  for (const name of ['mon', 'osd', 'rgw', 'log', 'run']) await mkdir(join(folder, name), { recursive: true });
  const conf = join(folder, 'ceph.conf');
  const fsid = randomUUID();
  await writeFile(conf, configuration(options, fsid));
  const keyring = join(folder, 'keyring');
  const run = (program: (typeof cephPrograms)[number], ...args: string[]): void => {
    const done = spawnSync(program, args, { env: { ...process.env, CEPH_CONF: conf }, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr}`);
  };
  run('monmaptool', '--create', '--clobber', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monPort}]`, join(folder, 'monmap'));
  run('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
  for (const name of ['client.admin', 'client.rgw', 'osd.0']) run('ceph-authtool', keyring, '--gen-key', '-n', name, '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *');
  run('ceph-mon', '-c', conf, '--id', 'a', '--mkfs', '--monmap', join(folder, 'monmap'), '--keyring', keyring);
  const children = [ownProcess('ceph-mon', ['-f', '-c', conf, '--id', 'a'])];
  const osd = randomUUID();
  run('ceph', '-c', conf, 'osd', 'new', osd);
  run('ceph-osd', '-c', conf, '--id', '0', '--mkfs', '--osd-uuid', osd);
  children.push(ownProcess('ceph-osd', ['-f', '-c', conf, '--id', '0']));
  run('radosgw-admin', '-c', conf, 'user', 'create', '--uid=test', '--display-name=test', `--access-key=${options.accessKey}`, `--secret-key=${options.secretKey}`);
  children.push(ownProcess('radosgw', ['-f', '-c', conf, '-n', 'client.rgw']));
  return {
    failed: () => children.map((child) => child.failed()).find((reason) => reason !== null) ?? null,
    stop: async () => {
      for (const child of [...children].reverse()) await child.stop();
    },
  };
}

function configuration(options: { readonly folder: string; readonly port: number; readonly monPort: number }, fsid: string): string {
  const { folder, port, monPort } = options;
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monPort}
public network = 127.0.0.0/8
keyring = ${folder}/keyring
auth allow insecure global id reclaim = false
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
osd crush chooseleaf type = 0
mon max pg per osd = 1000
log file = ${folder}/log/$name.log
admin socket = ${folder}/run/$name.asok
run dir = ${folder}/run
crash dir = ${folder}/log
ms bind ipv6 = false
osd class load list = *
osd class default list = *
[mon.a]
mon data = ${folder}/mon
[osd.0]
osd data = ${folder}/osd
[client.rgw]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
`;
}
