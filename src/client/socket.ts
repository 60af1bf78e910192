/** The part of the browser's `WebSocket` that Weir's client needs; `ws` has it too. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/**
 * The platform's `WebSocket`, or the package `ws` where there is none (Node 20).
 *
 * @throws Error that names the package to install
 */
export async function findWebSocket(): Promise<SocketConstructor> {
  const native = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (native !== undefined) return native;
  try {
    return (await import('ws')).WebSocket as unknown as SocketConstructor;
  } catch (cause) {
    throw new Error('this platform has no WebSocket: install the package "ws" or pass a WebSocket class', { cause });
  }
}
