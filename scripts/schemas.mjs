// Writes the documents of the WebSocket protocol that are published with the package: npm run schemas
import { mkdirSync, writeFileSync } from 'node:fs';
import { publishedDocuments } from '../dist/src/protocol/documents.js';

const folder = new URL('../schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, document] of Object.entries(publishedDocuments())) {
  writeFileSync(new URL(name, folder), `${JSON.stringify(document, null, 2)}\n`);
}
