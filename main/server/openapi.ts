/** The OpenAPI 3.1 document of the contract, so that other programs find every command and its shape. */
import { z } from 'zod';
import { contract, errorAnswerSchema, type CommandRow } from '../../shared/api/contract.ts';

type Json = Readonly<Record<string, unknown>>;

export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, row] of Object.entries(contract) as [string, CommandRow][]) {
    const path = `/api/v1${row.path.replace(/:(\w+)/g, '{$1}')}`;
    (paths[path] ??= {})[row.method.toLowerCase()] = operation(name, row);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Strata', version, description: 'The same commands are served at /api. Bodies must be exactly application/json.' },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: { Error: schemaOf(errorAnswerSchema, 'output') } },
  };
}

function operation(name: string, row: CommandRow): Json {
  const input = schemaOf(row.input, 'input');
  const properties = (input['properties'] ?? {}) as Record<string, Json>;
  const required = (input['required'] ?? []) as string[];
  const inPath = [...row.path.matchAll(/:(\w+)/g)].map((match) => match[1] as string);
  const others = Object.keys(properties).filter((key) => !inPath.includes(key));
  const parameters = [
    ...inPath.map((key) => ({ name: key, in: 'path', required: true, schema: properties[key] ?? {} })),
    ...(row.method === 'GET' ? others.map((key) => ({ name: key, in: 'query', required: required.includes(key), schema: properties[key] ?? {} })) : []),
  ];
  const body = { type: 'object', properties: Object.fromEntries(others.map((key) => [key, properties[key]])), required: required.filter((key) => others.includes(key)) };
  return {
    operationId: name, summary: row.says, parameters,
    ...(row.who === 'anyone' ? {} : { security: [{ bearer: [] }] }),
    ...(row.method === 'GET' ? {} : { requestBody: row.extras.form === 'multipart' ? { required: true, content: { 'multipart/form-data': { schema: withBytes(body) } } } : { required: others.length > 0, content: { 'application/json': { schema: body } } } }),
    responses: {
      [row.extras.status ?? 200]: { description: 'Done.', content: row.extras.answer !== undefined ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } : { 'application/json': { schema: schemaOf(row.output, 'output') } } },
      ...(row.extras.answer === 'bytes' ? { 206: { description: 'The part asked for.', content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } }, 304: { description: 'Not changed.' } } : {}),
      default: { description: 'What went wrong.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  };
}

/** In a form the file itself stands where the handler gets a stream. */
function withBytes(body: { readonly properties: Readonly<Record<string, unknown>> }): Json {
  return { ...body, properties: { ...body.properties, file: { type: 'string', format: 'binary' } } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
}
