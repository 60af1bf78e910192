/** The part of the browser's `WebSocket` that Weir's client needs; `ws` has it too. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Cuts off without a farewell; of `ws`, browsers have none. */
  terminate?(): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void;
}

export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** A variable, so that no bundler follows it: pages have a WebSocket of their own. */
const PACKAGE: string = ['w', 's'].join('');

/**
 * The platform's `WebSocket`, or the package `ws` where there is none (Node 20).
 *
 * @throws Error that names the package to install
 */
export async function findWebSocket(): Promise<SocketConstructor> {
  const native = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (native !== undefined) return native;
  try {
    return ((await import(/* @vite-ignore */ /* webpackIgnore: true */ PACKAGE)) as { WebSocket: SocketConstructor })
      .WebSocket;
  } catch (cause) {
    throw new Error('this platform has no WebSocket: install the package "ws" or pass a WebSocket class', { cause });
  }
}
