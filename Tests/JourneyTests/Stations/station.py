"""What the chargers of the journeys share: arguments, a line of JSON per event, and a verdict.

The library checks both directions against the schemas of the Open Charge Alliance. Whatever it
logs as an error, and every CALLERROR, ends the charger with code 1 and the reason in its last line.
"""

import asyncio
import datetime
import json
import logging
import sys

import websockets

failures = []


class Recorder(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            text += f": {error!r} {getattr(error, 'details', '')}"
        failures.append(text)


logging.getLogger("ocpp").addHandler(Recorder(level=logging.ERROR))
logging.getLogger("ocpp").propagate = False


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), flush=True)


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def expect(condition, what):
    if not condition:
        failures.append(what)


async def connect(url, identity, offers):
    """Offers subprotocols, says which one was taken."""
    socket = await websockets.connect(f"{url}/{identity}", subprotocols=offers, open_timeout=10)
    expect(socket.subprotocol in offers, f"the server took {socket.subprotocol} of {offers}")
    say("connected", protocol=socket.subprotocol)
    return socket


def run(journey, seconds=60):
    """Runs a coroutine function of (url, identity, ...), then gives the verdict."""

    async def timed():
        await asyncio.wait_for(journey(*sys.argv[1:]), seconds)

    try:
        asyncio.run(timed())
    except BaseException as error:  # The verdict must be printed whatever happened.
        failures.append(repr(error))
    if failures:
        say("failed", why=failures)
        sys.exit(1)
    say("done")


async def with_charger(charger, steps):
    """Reads messages beside the steps, and ends with them."""
    reading = asyncio.create_task(charger.start())
    try:
        await steps
    finally:
        reading.cancel()
        await charger._connection.close()
