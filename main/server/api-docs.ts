/** The OpenAPI document for people, at /api/docs: one page without a script, so that the strictest policy fits it. */
import type { FastifyInstance } from 'fastify';
import { apiPrefixes } from './api-prefixes.ts';
import type { CheckLimit } from './limits.ts';
import { openApiDocument } from './openapi.ts';

/** Nothing runs and nothing is fetched but the page's own style. */
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Json = Readonly<Record<string, unknown>>;
interface Operation { readonly operationId: string; readonly summary: string; readonly parameters: readonly Parameter[]; readonly security?: unknown; readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> }; readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>> }
interface Parameter { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Json }

export function addApiDocs(app: FastifyInstance, deps: { readonly version: string; readonly checkLimit: CheckLimit | null }): void {
  let page: string | null = null;
  const limited = { onRequest: async (request: Parameters<CheckLimit>[0], reply: Parameters<CheckLimit>[1]) => deps.checkLimit?.(request, reply, undefined) };
  for (const prefix of apiPrefixes) {
    app.get(`${prefix}/docs`, limited, async (_, reply) => reply.type('text/html; charset=utf-8').header('content-security-policy', docsPolicy).header('cache-control', 'no-cache').send((page ??= docsPage(deps.version))));
    app.get(`${prefix}/docs.css`, limited, async (_, reply) => reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(style));
  }
}

export function docsPage(version: string): string {
  const { paths } = openApiDocument(version) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths)) {
    const name = path.split('/')[3] ?? '';
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    for (const [method, operation] of Object.entries(methods)) group.push(operationHtml(method.toUpperCase(), path, operation));
  }
  const names = [...groups.keys()].sort();
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Strata: commands over HTTP</title><link rel="stylesheet" href="/api/docs.css"></head><body>`
    + `<header><h1>Strata: commands over HTTP</h1><p>Version ${text(version)}. <code>/api</code> and <code>/api/v1</code> serve the same. Bodies are exactly <code>application/json</code>, or a form with a file. Errors are <code>{"detail": …, "error_code": …}</code>. As a document for programs: <a href="/api/openapi.json">openapi.json</a>.</p></header>`
    + `<nav aria-label="Subjects"><ul>${names.map((name) => `<li><a href="#${text(name)}">${text(name)}</a></li>`).join('')}</ul></nav>`
    + `<main>${names.map((name) => `<section id="${text(name)}"><h2>${text(name)}</h2>${(groups.get(name) ?? []).join('')}</section>`).join('')}</main></body></html>`;
}

function operationHtml(method: string, path: string, operation: Operation): string {
  const body = Object.entries(operation.requestBody?.content ?? {})[0];
  const answers = Object.entries(operation.responses).map(([status, answer]) => {
    const content = Object.entries(answer.content ?? {})[0];
    const shape = content === undefined ? '' : content[0] === 'application/json' ? shapeOf(content[1].schema) : content[0];
    return `<tr><th scope="row">${text(status)}</th><td>${text(answer.description)}</td><td><code>${text(content !== undefined && '$ref' in content[1].schema ? 'Error' : shape)}</code></td></tr>`;
  }).join('');
  return `<details id="${text(operation.operationId)}"><summary><code class="method">${text(method)}</code> <code>${text(path)}</code> <span>${text(operation.summary)}</span></summary>`
    + `<p>${operation.security === undefined ? 'Needs no session.' : 'Needs a session.'}</p>`
    + (operation.parameters.length === 0 ? '' : table('In the address', operation.parameters.map((each) => [each.name, `${each.in}${each.required ? ', needed' : ''}`, shapeOf(each.schema)])))
    + (body === undefined ? '' : table(`In the body (${body[0]})`, fieldsOf(body[1].schema)))
    + `<table><caption>Answers</caption><tbody>${answers}</tbody></table></details>`;
}

function table(caption: string, lines: readonly (readonly [string, string, string])[]): string {
  if (lines.length === 0) return '';
  return `<table><caption>${text(caption)}</caption><tbody>${lines.map(([name, facts, shape]) => `<tr><th scope="row"><code>${text(name)}</code></th><td>${text(facts)}</td><td><code>${text(shape)}</code></td></tr>`).join('')}</tbody></table>`;
}

function fieldsOf(schema: Json): (readonly [string, string, string])[] {
  const required = new Set((schema['required'] ?? []) as string[]);
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).map(([name, field]) => [name, required.has(name) ? 'needed' : '', shapeOf(field)]);
}

/** A schema in a few signs: `{ id: integer, name: string | null }`. */
export function shapeOf(schema: Json | undefined, depth = 0): string {
  if (schema === undefined || depth > 4) return '…';
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[]).map((value) => JSON.stringify(value)).join(' | ');
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (choices !== undefined) return choices.map((choice) => shapeOf(choice, depth + 1)).join(' | ');
  if (schema['type'] === 'array') return listOf(shapeOf(schema['items'] as Json | undefined, depth + 1));
  if (schema['type'] === 'object') {
    const required = new Set((schema['required'] ?? []) as string[]);
    const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Json>);
    return fields.length === 0 ? '{}' : `{ ${fields.map(([name, field]) => `${name}${required.has(name) ? '' : '?'}: ${shapeOf(field, depth + 1)}`).join(', ')} }`;
  }
  const type = schema['type'];
  return typeof type === 'string' ? type : 'any';
}

function listOf(shape: string): string {
  return shape.includes(' | ') && !shape.startsWith('{') ? `(${shape})[]` : `${shape}[]`;
}

function text(value: string): string {
  return value.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 1040px; padding: 24px 16px 48px; font: 400 14px/20px system-ui, "Segoe UI", sans-serif; background: light-dark(#FFFFFF, #161A21); color: light-dark(#151A21, #E8ECF2); }
h1 { font: 600 20px/28px system-ui, sans-serif; } h2 { font: 600 16px/24px system-ui, sans-serif; margin: 32px 0 8px; }
a { color: light-dark(#1D5FD1, #7FB2FF); } a:focus-visible, summary:focus-visible { outline: 2px solid light-dark(#1D5FD1, #7FB2FF); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 0; list-style: none; } nav a { display: inline-block; padding: 4px 0; }
code { font: 400 13px/20px ui-monospace, Menlo, monospace; overflow-wrap: anywhere; } .method { font-weight: 600; }
details { border-top: 1px solid light-dark(#D3D9E1, #2D3541); } summary { padding: 8px 0; cursor: default; overflow-wrap: anywhere; } summary span, caption { color: light-dark(#4B5563, #AAB4C3); }
table { border-collapse: collapse; width: 100%; margin: 0 0 16px; table-layout: fixed; } caption { text-align: left; font-weight: 500; padding: 4px 0; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; font-weight: 400; border-top: 1px solid light-dark(#ECEFF3, #1D222B); overflow-wrap: anywhere; } th { width: 26%; } td:nth-child(2) { width: 18%; }
`;
