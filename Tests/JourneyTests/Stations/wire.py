"""A charger that says things at the edges of OCPP-J, frame by frame: wire.py URL IDENTITY VERSION.

No OCPP library: what must come back is written here as the specifications have it. OCPP-J 1.6
(`16J`) with its errata, and part 4 of OCPP 2.0.1 and 2.1 (`P4`). It ends when it is told to
(SIGTERM).
"""

import asyncio
import collections
import json
import signal
import uuid

import websockets

from station import connect, expect, now, run, say

ALL = ("1.6", "2.0.1", "2.1")
LATER = ("2.0.1", "2.1")
BOOTS = {
    "1.6": {"chargePointVendor": "Pallas", "chargePointModel": "W16"},
    "later": {"reason": "PowerUp", "chargingStation": {"vendorName": "Pallas", "model": "W2"}},
}
STREAM = {"id": 1, "pending": 0, "basetime": "2026-11-23T08:00:00Z", "data": [{"t": 0, "v": "1"}]}


def heartbeat(id, payload=None):
    return [2, id, "Heartbeat", {} if payload is None else payload]


def status(version, **changes):
    """A StatusNotification with fields changed, those that are None left out."""
    fields = (
        {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
        if version == "1.6"
        else {"timestamp": now(), "connectorStatus": "Available", "evseId": 1, "connectorId": 1}
    )
    return {k: v for k, v in {**fields, **changes}.items() if v is not None}


def formation(version):
    return "FormationViolation" if version == "1.6" else "FormatViolation"


def structure(version):
    """A frame that is no frame of its type."""
    return "FormationViolation" if version == "1.6" else "RpcFrameworkError"


def occurrence(version):
    """One r less in 1.6, for good (16J errata 5.1)."""
    return "OccurenceConstraintViolation" if version == "1.6" else "OccurrenceConstraintViolation"


def cases(v):
    """What it is, what is sent (frames, or text), and the (type, id, code) that come back."""
    is16 = v == "1.6"
    unreadable = [] if is16 else [(4, "-1", "RpcFrameworkError")]
    unknown = [(4, "u", "MessageTypeNotSupported")] if v == "2.0.1" else []
    yield "an id of 36 characters (16J 4.1.4, P4 4.1.4)", [heartbeat("a" * 36)], [(3, "a" * 36)]
    yield "an id of 36 characters that are no ASCII", [heartbeat("ü" * 36)], [(3, "ü" * 36)]
    # 1.6 has "the exact same id"; 2.x must itself obey the limit and says -1 (P4 4.2.3).
    long = (4, "b" * 37, "FormationViolation") if is16 else (4, "-1", "RpcFrameworkError")
    yield "an id of 37 characters", [heartbeat("b" * 37)], [long]
    yield "an empty id", [heartbeat("")], [(3, "")]
    yield "an id that is a number", [heartbeat(7)], unreadable
    yield "an id with escapes", ['[2,"\\u0061\\"\\\\","Heartbeat",{}]'], [(3, 'a"\\')]
    # 16J 4.1.3 and P4 4.1.3 of 2.1: ignored. P4 4.4 of 2.0.1: an error.
    for number in (0, 1, 7, 99, -2):
        yield f"message type {number}", [[number, "u", "Heartbeat", {}]], unknown
    yield "message type 2.5", [[2.5, "u", "Heartbeat", {}]], unreadable
    # 2.1 has CALLRESULTERROR, never answered (P4 4.2.3 of 2.1); the others do not know it.
    yield "a CALLRESULTERROR", [[5, "u", "InternalError", "", {}]], unknown
    sends = [] if v == "2.1" else unknown
    yield "a SEND", [[6, "u", "NotifyPeriodicEventStream", STREAM]], sends
    yield "a SEND that breaks a rule", [[6, "u", "NotifyPeriodicEventStream", {"id": "x"}]], sends
    yield "a SEND of what is no SEND", [[6, "u", "Heartbeat", {}]], sends
    yield "a SEND of nothing known", [[6, "u", "Nothing", {}]], sends
    # 16J 4.2.1: null or {}; P4 4.1.5: {} alone.
    null = (3, "n") if is16 else (4, "n", "ProtocolError")
    yield "a payload that is null", ['[2,"n","Heartbeat",null]'], [null]
    shape = "FormationViolation" if is16 else "ProtocolError"
    yield "a payload that is a list", [[2, "n", "Heartbeat", []]], [(4, "n", shape)]
    yield "a payload that is a text", [[2, "n", "Heartbeat", "{}"]], [(4, "n", shape)]
    few = "ProtocolError" if is16 else "RpcFrameworkError"
    yield "no payload", [[2, "e", "Heartbeat"]], [(4, "e", few)]
    yield "one element too many", [[*heartbeat("e"), {}]], [(4, "e", structure(v))]
    yield "an action that is no text", [[2, "e", 7, {}]], [(4, "e", structure(v))]
    yield "an action that nobody knows", [[2, "e", "Nothing", {}]], [(4, "e", "NotImplemented")]
    yield "an action in another case", [[2, "e", "heartbeat", {}]], [(4, "e", "NotImplemented")]
    yield "an action that only a CSMS sends", [[2, "e", "Reset", {"type": "Soft"}]], [
        (4, "e", "NotSupported")
    ]
    # P4 4.2.3: "-1" when not even the id can be read; 16J has no way to say so.
    yield "text that is no JSON", ["Heartbeat"], unreadable
    yield "an empty message", [""], unreadable
    yield "an object", ["{}"], unreadable
    yield "an empty list", ["[]"], unreadable
    yield "a frame that breaks off behind its id", ['[2,"k","Heartbeat",{"a'], [
        (4, "k", formation(v))
    ]
    yield "a frame that breaks off in its id", ['[2,"k'], unreadable
    yield "JSON and more behind it", ['[2,"k","Heartbeat",{}] []'], [(4, "k", formation(v))]
    yield "a frame nested 5000 deep", ['[2,"k","Heartbeat",' + '{"a":' * 5000], [
        (4, "k", formation(v))
    ]
    # 16J 4.2.3 and P4 4.3: each code in the spelling of its version.
    rules = [
        ("a field missing", {"connectorId": None}, occurrence(v)),
        ("a field of another type", {"connectorId": "1"}, "TypeConstraintViolation"),
        ("a field that the message has not", {"color": "red"}, shape),
    ]
    key = "status" if is16 else "connectorStatus"
    rules.append(("a value that its list has not", {key: "Asleep"}, "PropertyConstraintViolation"))
    for what, change, code in rules:
        yield what, [[2, "r", "StatusNotification", status(v, **change)]], [(4, "r", code)]
    # A side has one call open (P4 4.1.1); one that has two is answered all the same.
    yield "two calls at once", [heartbeat("o1"), heartbeat("o2")], [(3, "o1"), (3, "o2")]
    twice = [[2, "d", "StatusNotification", status(v)]] * 2
    yield "one call twice (16J errata 3.1)", twice, [(3, "d"), (3, "d")]
    # Answers to what nobody asked are logged and dropped.
    yield "an answer to an id that nobody used", [[3, "nobody", {}]], []
    yield "an error to an id that nobody used", [[4, "nobody", "GenericError", "", {}]], []
    yield "an error of four elements", [[4, "nobody", "GenericError", ""]], []
    yield "an answer without an id", ["[3]"], []
    money = "StartTransaction" if is16 else "TransactionEvent"
    yield "a transaction without a single field", [[2, "m", money, {}]], [(3, "m")]


class Wire:
    def __init__(self, socket, version):
        self.socket, self.version, self.calls = socket, version, collections.deque()
        self.released = asyncio.Event()

    async def frame(self):
        """What comes next; every message must be a frame."""
        frame = json.loads(await self.socket.recv())
        expect(type(frame) is list and len(frame) == {3: 3}.get(frame[0], 4 + (frame[0] in (4, 5))),
               f"no frame: {frame}")
        if frame[0] in (4, 5):
            expect(len(frame[3]) <= 255 and type(frame[4]) is dict, f"no error: {frame}")
        return frame

    async def until_fence(self):
        """Sends what is always answered, behind all else, and collects what comes before it."""
        fence = str(uuid.uuid4())
        sample = {"value": "1"} if self.version == "1.6" else {"value": 1}
        place = {"connectorId": 0} if self.version == "1.6" else {"evseId": 0}
        values = {**place, "meterValue": [{"timestamp": now(), "sampledValue": [sample]}]}
        await self.socket.send(json.dumps([2, fence, "MeterValues", values]))
        came = []
        while True:
            frame = await self.frame()
            if frame[0] == 2:
                self.calls.append(frame)
            elif frame[1] == fence:
                expect(frame[0] == 3, f"fence: {frame}")
                return came
            else:
                came.append((frame[0], frame[1], *frame[2:3]) if frame[0] > 3 else tuple(frame[:2]))

    async def check(self, what, frames, wanted):
        for frame in frames:
            await self.socket.send(frame if type(frame) is str else json.dumps(frame))
        came = await self.until_fence()
        expect(sorted(came) == sorted(wanted), f"{what}: {came}, not {wanted}")

    async def answer(self, call):
        """Answers a call of the CSMS, each action with another fault."""
        _, id, action, _ = call
        say("asked", action=action)
        later = []
        match action:
            case "ClearCache":  # Behind an answer to a call that never was.
                frames = [[3, "never", {"status": "Rejected"}], [3, id, {"status": "Accepted"}]]
            case "GetLocalListVersion":  # Twice.
                name = "listVersion" if self.version == "1.6" else "versionNumber"
                frames = [[3, id, {name: 7}], [3, id, {name: 8}]]
            case "DataTransfer":  # As Grizzl-E does, and with the other version's spelling.
                code = formation("2.1" if self.version == "1.6" else "1.6")
                frames = [[4, id, code, "no"]]
            case "Reset":  # Without what was asked for: 2.1 is told (P4 4.2.3 of 2.1).
                frames = [[3, id, {}]]
                later = [(5, id, occurrence(self.version))]
            case "ChangeAvailability":  # No object.
                frames = [[3, id, "Accepted"]]
                later = [(5, id, "ProtocolError")]
            case "UnlockConnector":  # Held back, and other calls cross it.
                await self.released.wait()
                await self.check("a call across another", [heartbeat("x")], [(3, "x")])
                expect(not self.calls, f"a second open call: {self.calls}")
                self.released.clear()
                frames = [[3, id, {"status": "Unlocked"}]]
            case _:
                frames = [[4, id, "NotSupported", "", {}]]
        await self.check(action, frames, later if self.version == "2.1" else [])


async def journey(url, identity, version):
    socket = await connect(url, identity, [f"ocpp{version}"])
    wire = Wire(socket, version)
    boot = BOOTS.get(version, BOOTS["later"])
    await wire.check("the boot", [[2, "boot", "BootNotification", boot]], [(3, "boot")])
    count = 0
    for case in cases(version):
        await wire.check(*case)
        count += 1
    # An id that an earlier connection used (after a reboot its counter starts anew).
    await socket.close()
    socket = wire.socket = await connect(url, identity, [f"ocpp{version}"])
    await wire.check("the boot again", [[2, "boot", "BootNotification", boot]], [(3, "boot")])
    await closes(url, identity + "-C", version)

    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, wire.released.set)
    say("said", count=count)
    ending = asyncio.create_task(ended.wait())
    while not ended.is_set():
        if wire.calls:
            await wire.answer(wire.calls.popleft())
            continue
        reading = asyncio.create_task(wire.frame())
        await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            frame = reading.result()
            expect(frame[0] == 2, f"out of the blue: {frame}")
            wire.calls.append(frame)
        else:
            reading.cancel()
    await socket.close()


async def closes(url, identity, version):
    """What ends a connection, with which code (RFC 6455 7.4.1)."""
    for what, message, code in [
        ("text that is no UTF-8", b'[2,"\xff","Heartbeat",{}]', 1007),
        ("half a character", b'[2,"\xc3', 1007),
        ("a surrogate in UTF-8", b'[2,"\xed\xa0\x80","Heartbeat",{}]', 1007),
        ("a binary message", None, 1003),
    ]:
        socket = await connect(url, identity, [f"ocpp{version}"])
        if message is None:
            await socket.send(b"\x00")
        else:
            await socket.send(message, text=True)
        try:
            expect(False, f"{what}: {await socket.recv()}")
        except websockets.exceptions.ConnectionClosed as closed:
            expect(closed.rcvd and closed.rcvd.code == code, f"{what}: {closed}")


run(journey, seconds=120)
