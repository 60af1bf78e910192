import type { ServerResponse } from 'node:http';

const BETWEEN_MS = 40;

/** Answers as a camera does that sends JPEG after JPEG over HTTP, until whoever asked is gone. */
export function sendPictures(response: ServerResponse, jpeg: Buffer): void {
  response.writeHead(200, { 'Content-Type': 'multipart/x-mixed-replace; boundary=b' });
  const timer = setInterval(() => {
    response.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
    response.write(Buffer.concat([jpeg, Buffer.from('\r\n')]));
  }, BETWEEN_MS);
  response.on('close', () => clearInterval(timer));
}
