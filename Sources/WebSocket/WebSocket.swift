/// WebSocket
