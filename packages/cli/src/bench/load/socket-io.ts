/** How a raw socket connects to a Socket.IO peer: WebSocket only, to the default namespace. */
export const socketIoPath = (query = ''): string => `/socket.io/?EIO=4&transport=websocket${query}`;
export const socketIoGreeting: readonly string[] = ['40'];
/** Of Parley. */
export const parleyHeaders = { 'Sec-WebSocket-Protocol': 'parley.v1' } as const;
