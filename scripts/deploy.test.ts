/** What runs a hub elsewhere is held to what can be known without an engine: files parse, containers are closed, and every name in them is one that the hub knows. */
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readHubSettings } from '../main/app/hub-settings.ts';
import { openTestHub, type HubUnderTest } from '../main/testing/hub-under-test.ts';
import { inProject } from './project.mjs';

const text = (...parts: string[]): string => fs.readFileSync(inProject(...parts), 'utf8');
interface Service { readonly image?: string; readonly build?: string; readonly environment?: Readonly<Record<string, string>>; readonly depends_on?: Readonly<Record<string, { condition: string }>>; readonly healthcheck?: { readonly test: string[] }; readonly volumes?: string[]; readonly ports?: string[]; readonly cap_drop?: string[]; readonly security_opt?: string[]; readonly mem_limit?: string; readonly pids_limit?: number; readonly read_only?: boolean; readonly restart?: string; readonly networks?: unknown; readonly privileged?: boolean }
interface Compose { readonly services: Readonly<Record<string, Service>>; readonly volumes: object; readonly networks?: Readonly<Record<string, { internal?: boolean } | null>> }
const composes = ['compose.yaml', 'compose.production.yaml'] as const;
const compose = (name: string): Compose => parse(text(name), { merge: true }) as Compose;
const example = [...text('.env.example').matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? '');

describe('Dockerfile', () => {
  const lines = text('Dockerfile').replaceAll(/\\\n/g, ' ').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const all = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  it('builds on named versions, in stages, with the Node of the project (DL3006, DL3007)', () => {
    const bases = all('FROM').map((line) => line.split(' ')[0] ?? '');
    const { devDependencies } = JSON.parse(text('package.json')) as { devDependencies: { node: string } };
    expect(bases).toEqual([`node:${devDependencies.node}-bookworm-slim`, `node:${devDependencies.node}-bookworm-slim`]);
  });
  it('runs as nobody special, at last (DL3002), in the exec form (DL3025), with a health check that asks the hub', () => {
    expect(all('USER')).toEqual(['node']);
    expect(lines.findIndex((line) => line.startsWith('USER'))).toBeLessThan(lines.findIndex((line) => line.startsWith('ENTRYPOINT')));
    expect(JSON.parse(all('ENTRYPOINT')[0] ?? '')).toContain('--headless');
    expect(all('HEALTHCHECK')[0]).toMatch(/127\.0\.0\.1:8620\/api\/health/);
  });
  it('copies, never adds (DL3020), keeps working folders whole (DL3000), installs exactly what is locked, and holds no secret', () => {
    expect([all('ADD'), all('WORKDIR').every((folder) => folder.startsWith('/')), lines.some((line) => /npm (i|install)\b/.test(line)), lines.some((line) => line.includes('npm ci'))]).toEqual([[], true, false, true]);
    expect([...all('ENV'), ...all('ARG')].filter((line) => /SECRET|PASSWORD|KEY|TOKEN/i.test(line))).toEqual([]);
  });
  it('copies only what is there, and .dockerignore lets it through', () => {
    const allowed = text('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(allowed.filter((name) => !fs.existsSync(inProject(name)))).toEqual([]);
    const wanted = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from')).flatMap((line) => line.split(' ').slice(1, -1)).filter((name) => name !== '.');
    expect(wanted.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(text('.dockerignore').split('\n').find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
  });
});

describe.each(composes)('%s', (name) => {
  const { services, volumes, networks } = compose(name);
  it('limits and closes every container, and waits until the others are well', () => {
    for (const [service, one] of Object.entries(services)) {
      expect([service, one.security_opt, one.mem_limit !== undefined, (one.pids_limit ?? 0) > 0, one.restart, one.privileged]).toEqual([service, ['no-new-privileges:true'], true, true, 'unless-stopped', undefined]);
      if (one.image !== undefined) expect([service, one.image.split(':')[1]]).toEqual([service, expect.stringMatching(/\d+\.\d+|RELEASE\.\d{4}/)]);
      for (const [other, { condition }] of Object.entries(one.depends_on ?? {})) expect([other in services, condition]).toEqual([true, 'service_healthy']);
      for (const volume of one.volumes ?? []) if (!volume.startsWith('./')) expect(volumes).toHaveProperty([volume.split(':')[0] ?? '']);
    }
    expect([services['hub']?.read_only, services['hub']?.cap_drop, services['store']?.healthcheck?.test[0], services['database']?.healthcheck?.test[0]]).toEqual([true, ['ALL'], 'CMD', 'CMD']);
  });
  it('opens nothing but the hub: neither store nor database has a port', () => {
    expect([services['store']?.ports, services['database']?.ports]).toEqual([undefined, undefined]);
    if (name === 'compose.yaml') expect(Object.values(services).flatMap((one) => one.ports ?? []).every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    else expect([services['hub']?.ports, networks?.['inside']?.internal]).toEqual([undefined, true]);
  });
  it('gives the hub settings that it reads and takes', () => {
    const given = Object.fromEntries(Object.entries(services['hub']?.environment ?? {}).map(([key, value]) => [key, filled(String(value))]));
    expect(Object.keys(given).filter((key) => !example.includes(key))).toEqual([]);
    expect(readHubSettings(given)).toMatchObject({ isShared: true, signUp: 'invite', databaseUrl: expect.stringContaining('@database/') as string });
  });
  it('names only variables that .env.example explains, and holds no secret of its own where it is for others', () => {
    const source = text(name);
    const asked = [...source.matchAll(/\$\{([A-Z_]+)/g)].map(([, variable]) => variable ?? '');
    expect(asked.filter((variable) => !example.includes(variable))).toEqual([]);
    if (name !== 'compose.yaml') expect([...source.matchAll(/^\s+\w*(?:SECRET|PASSWORD|ACCESS_KEY)\w*: (.+)$/gm)].filter(([, value]) => !(value ?? '').startsWith('${'))).toEqual([]);
  });
});
/** As compose fills them in, with something for what must be given. */
function filled(value: string): string {
  return value.replaceAll(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, how: string, rest: string) => (how === '-' ? rest : name === 'PUBLIC_URL' ? 'https://hub.example.org' : 'given-and-long-enough-for-everything'));
}

describe('what is watched', () => {
  let world: HubUnderTest;
  let said: Set<string>;
  beforeAll(async () => {
    world = await openTestHub();
    await world.signUp('owner@hub.test');
    const told = await world.as(null, 'GET', '/metrics');
    said = new Set([...told.text.matchAll(/^([a-z0-9_]+)(?:\{|\s)/gm)].map(([, name]) => name ?? ''));
  });
  afterAll(() => world.close());
  const named = (expression: string): string[] => [...expression.matchAll(/\bstrata_[a-z0-9_]+/g)].map(([name]) => name);
  it('alerts and dashboard name only figures that /metrics says', () => {
    const rules = (parse(text('deploy', 'alerts.yml')) as { groups: { rules: { alert: string; expr: string; annotations: { summary: string; description: string }; labels: { severity: string } }[] }[] }).groups.flatMap((group) => group.rules);
    const panels = (JSON.parse(text('deploy', 'grafana-dashboard.json')) as { panels: { id: number; title: string; targets: { expr: string }[] }[] }).panels;
    const expressions = [...rules.map((rule) => rule.expr), ...panels.flatMap((panel) => panel.targets.map((target) => target.expr))];
    expect(expressions.flatMap(named).filter((name) => !said.has(name))).toEqual([]);
    expect([rules.length > 5, panels.length > 5, new Set(panels.map((panel) => panel.id)).size]).toEqual([true, true, panels.length]);
    for (const rule of rules) expect([rule.alert, rule.annotations.summary.endsWith('.'), rule.annotations.description.endsWith('.'), /^(critical|warning)$/.test(rule.labels.severity)]).toEqual([rule.alert, true, true, true]);
    for (const expression of expressions) expect([expression, balanced(expression)]).toEqual([expression, true]);
  });
  it('the figures tell what is there', async () => {
    const { text: figures } = await world.as(null, 'GET', '/metrics');
    expect(figures).toMatch(/^strata_accounts 1$/m);
    expect(figures).toMatch(/^strata_open_sessions 1$/m);
    expect(figures).toMatch(/^strata_healthy\{service="database"\} 1$/m);
    await world.as(null, 'POST', '/api/auth/login', { body: { email: 'owner@hub.test', password: 'not the right one' } });
    expect((await world.as(null, 'GET', '/metrics')).text).toMatch(/^strata_failed_logins_last_hour 1$/m);
  });
  it('the rules are in the file that Prometheus is pointed to, and the proxies leave Host and sockets as they are', () => {
    const prometheus = parse(text('deploy', 'prometheus.yml')) as { rule_files: string[]; scrape_configs: { metrics_path: string }[] };
    expect([prometheus.rule_files, prometheus.scrape_configs[0]?.metrics_path]).toEqual([['alerts.yml'], '/metrics']);
    expect(text('deploy', 'nginx.conf')).toMatch(/proxy_set_header Host \$http_host;[\s\S]*Upgrade \$http_upgrade[\s\S]*proxy_request_buffering off;/);
    expect(text('deploy', 'Caddyfile')).toMatch(/reverse_proxy hub:8620/);
  });
});
function balanced(expression: string): boolean {
  let depth = 0;
  for (const sign of expression) {
    if ('([{'.includes(sign)) depth += 1;
    if (')]}'.includes(sign) && (depth -= 1) < 0) return false;
  }
  return depth === 0;
}
