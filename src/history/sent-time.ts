/**
 * States of cameras did not say their time once. It stands beside them in the database, and is put in when they are read.
 *
 * @param text a message as it was sent
 * @param atMs Unix time with which it was stored
 */
export function withTime(text: string, atMs: number): string {
  // Within a text of JSON the quotes would be escaped.
  return text.includes('"atMs":') ? text : `${text.slice(0, -1)},"atMs":${atMs}}`;
}
