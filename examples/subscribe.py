"""Prints a daemon's labels, and goes on where it was: pip install websockets; python subscribe.py ws://HOST:8700/v1/labels [TOKEN]"""
import asyncio, json, pathlib, sys
import websockets

PLACE = pathlib.Path("weir-since.txt")  # epoch:seq of what was seen last

async def main(url, token=None):
    protocols = ["weir.v1+json"] + ([f"weir.token.{token}"] if token else [])
    async for socket in websockets.connect(url, subprotocols=protocols):  # connects anew whenever it ends
        try:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "hello":
                    since = PLACE.read_text() if PLACE.exists() else f"{message['epoch']}:{message['last']}"
                    await socket.send(json.dumps({"type": "subscribe", "cameras": "all", "every": "change", "since": since}))
                elif message["type"] in ("label", "gap", "error"):
                    print(message.get("camera", message["type"]), message.get("label"), message.get("reason", ""), flush=True)
                if "seq" in message or message["type"] == "gap":
                    PLACE.write_text(f"{message['epoch']}:{message.get('seq', message.get('to'))}")
        except websockets.ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code == 1008:
                sys.exit(f"refused: {closed.rcvd.reason}")

asyncio.run(main(*sys.argv[1:]))
