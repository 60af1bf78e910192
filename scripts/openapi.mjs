// Writes the document of the HTTP API that is published with the package: npm run schemas
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '../dist/src/server/openapi.js';

const folder = new URL('../schemas/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('openapi.json', folder), `${JSON.stringify(openApiDocument(version), null, 2)}\n`);
