import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../src/server/openapi.ts';

interface Answered {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

const document = openApiDocument('0') as unknown as {
  readonly components: { readonly responses: Readonly<Record<string, Answered>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Record<string, Answered> }>>>>;
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(document, 'weir');
const patterns = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** What is wrong with an answer by the API's document; `null`: nothing. @param path without its query */
export function answerProblem(
  method: string,
  path: string,
  status: number,
  type: string,
  body: unknown,
): string | null {
  const known = patterns.find(({ path: own }) => own === path) ?? patterns.find(({ pattern }) => pattern.test(path));
  const operation = known && document.paths[known.path]?.[method.toLowerCase()];
  if (known === undefined || operation === undefined) return `${method} ${path} is not documented`;
  const told = operation.responses[status];
  const common = told?.$ref?.split('/').at(-1);
  const answer = common === undefined ? told : document.components.responses[common];
  if (answer === undefined) return `${method} ${path}: ${status} is not documented`;
  const [plain = ''] = type.split(';');
  if (answer.content === undefined) return plain === '' ? null : `${method} ${path}: ${type} where nothing should be`;
  const content = answer.content[plain];
  if (content === undefined) return `${method} ${path}: ${status} ${type} is not documented`;
  if (content.schema === undefined) return null;
  const own = ['paths', known.path, method.toLowerCase(), 'responses', String(status)];
  const pointer = [...(common === undefined ? own : ['components', 'responses', common]), 'content', plain, 'schema'];
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`weir#/${escaped.join('/')}`);
  if (validate === undefined) return `${method} ${path}: no schema`;
  return validate(body) ? null : `${method} ${path}: ${ajv.errorsText(validate.errors)}`;
}
