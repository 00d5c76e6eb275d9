"""A charger that keeps what was not acknowledged and sends it again after a reconnect."""

import asyncio
import json
import sys

import websockets

url, identity = sys.argv[1:]


async def call(socket, number, action, payload):
    await socket.send(json.dumps([2, number, action, payload]))
    while True:
        frame = json.loads(await socket.recv())
        if frame[0] == 2:
            await socket.send(json.dumps([4, frame[1], "NotImplemented", "", {}]))
        elif frame[1] == number:
            assert frame[0] == 3, frame
            return


async def serve(socket, count):
    boot = {"chargePointVendor": "Volta", "chargePointModel": "AC22", "firmwareVersion": "2.3.1"}
    await call(socket, f"boot-{count}", "BootNotification", boot)
    while True:
        status = {"connectorId": 1, "errorCode": "NoError", "info": f"note-{count}-"}
        status["status"] = ["Available", "Preparing"][count % 2]
        await call(socket, f"note-{count}", "StatusNotification", status)
        print("acknowledged", f"note-{count}-", flush=True)
        count += 1
        yield count
        await asyncio.sleep(0.05)


async def main():
    count = 0
    while True:
        try:
            async with websockets.connect(f"{url}/{identity}", subprotocols=["ocpp1.6"]) as socket:
                async for count in serve(socket, count):
                    pass
        except (OSError, websockets.exceptions.WebSocketException, TimeoutError) as error:
            print("lost", type(error).__name__, flush=True)
            await asyncio.sleep(0.2)


asyncio.run(main())
