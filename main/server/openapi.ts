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
  const described = row.extras.form === 'tus' ? tusStep(row) : {
    ...(row.method === 'GET' ? {} : { requestBody: row.extras.form === 'multipart' ? { required: true, content: { 'multipart/form-data': { schema: withBytes(body) } } } : { required: others.length > 0, content: { 'application/json': { schema: body } } } }),
    responses: answers(row),
  };
  const headers = row.extras.form === 'tus' ? tusHeaders(row) : [];
  // What a link’s password opened stands in the address: the body is the file.
  const grant = others.filter((key) => key === 'grant').map((key) => ({ name: key, in: 'query', required: false, schema: properties[key] ?? {} }));
  return {
    operationId: name, summary: row.says, parameters: row.extras.form === 'tus' ? [...parameters.filter((one) => one.in === 'path'), ...grant, ...headers] : parameters,
    ...(row.who === 'anyone' ? {} : { security: [{ bearer: [] }] }),
    ...described,
  };
}

function answers(row: CommandRow): Json {
  const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
  return {
    // A file goes out as what its bytes are.
    [row.extras.status ?? 200]: { description: 'Done.', content: row.extras.answer !== undefined ? { '*/*': bytes['application/octet-stream'] } : { 'application/json': { schema: schemaOf(row.output, 'output') } } },
    ...(row.extras.answer === 'bytes' ? { 206: { description: 'The part asked for.', content: { '*/*': bytes['application/octet-stream'] } }, 304: { description: 'Not changed.' } } : {}),
    ...refusals(row),
    default: { description: 'What went wrong.', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  };
}

/** The steps of tus 1.0.0 speak in headers, and answer without a body. */
function tusStep(row: CommandRow): Json {
  const done = row.method === 'POST' ? 201 : row.method === 'HEAD' ? 200 : 204;
  const refused = Object.fromEntries(Object.entries({ ...refusals(row), 410: { description: 'It is over.' }, 412: { description: 'Not tus 1.0.0.' }, default: { description: 'What went wrong.' } }).map(([status, answer]) => [status, row.method === 'HEAD' ? { description: (answer as { readonly description: string }).description } : answer]));
  return {
    ...(row.method === 'PATCH' ? { requestBody: { required: true, content: { 'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' } } } } } : {}),
    responses: { [done]: { description: 'Done; the headers say how far it is.' }, ...refused },
  };
}
function tusHeaders(row: CommandRow): { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Json }[] {
  const header = (name: string, required: boolean, schema: Json) => ({ name, in: 'header', required, schema });
  const whole = { type: 'integer', minimum: 0 };
  return [
    header('Tus-Resumable', true, { type: 'string', const: '1.0.0' }),
    ...(row.method === 'POST' ? [header('Upload-Length', true, whole), header('Upload-Metadata', true, { type: 'string', description: '`filename` and perhaps `folder`, each with its value in Base64, by comma.' })] : []),
    ...(row.method === 'PATCH' ? [header('Upload-Offset', true, whole), header('Upload-Checksum', false, { type: 'string', description: '`sha256` or `sha1` and the digest in Base64.' })] : []),
  ];
}

/** Each by its status, so that a client can tell what to do; all in the one shape. */
function refusals(row: CommandRow): Json {
  const answer = (description: string): Json => ({ description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } });
  return {
    400: answer('What was sent does not fit.'),
    ...(row.who === 'anyone' ? {} : { 401: answer('There is no session, or it has ended.') }),
    403: answer('Not from there, or not with this account.'),
    ...(row.path.includes(':') ? { 404: answer('There is no such thing, or it is not shown.') } : {}),
    ...(row.extras.form === undefined ? {} : { 413: answer('The file is larger than is allowed.') }),
    ...(row.extras.answer === 'bytes' ? { 412: answer('It is another version now.'), 416: answer('The file has no such bytes.') } : {}),
    ...(row.method === 'GET' || row.method === 'HEAD' ? {} : { 409: answer('It is taken, used up or has changed meanwhile.'), 415: answer('The body is of another kind.') }),
    429: answer('Too many requests or tries; Retry-After says how long to wait.'),
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
