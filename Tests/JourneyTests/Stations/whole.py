"""A charger of any version that says everything its version lets a station say, and answers
everything that it may be asked: whole.py URL IDENTITY VERSION.

What it says and answers are the examples of Tests/OCPPTests/Examples; who may send what stands in
the tables of Inventory/messages. It ends when it is told to (SIGTERM), and fails when it was not
asked everything by then.
"""

import asyncio
import dataclasses
import importlib
import json
import pathlib
import signal
import uuid

from ocpp import charge_point
from ocpp.messages import Call, MessageType, validate_payload

from station import connect, expect, failures, run, say

PACKAGE = pathlib.Path(__file__).resolve().parents[3]


def examples(version):
    """By action: the request, and the response if there is one."""
    text = (PACKAGE / f"Tests/OCPPTests/Examples/{version}.jsonl").read_text()
    rows = [json.loads(line) for line in text.splitlines() if line]
    return {row["action"]: (row["request"], row.get("response")) for row in rows}


def senders(version):
    """By action: `station`, `csms` or `both`, and whether it is a CALL or a SEND."""
    text = (PACKAGE / f"Inventory/messages/ocpp{version}.txt").read_text()
    rows = [line.split() for line in text.splitlines() if line.startswith("action ")]
    return {row[1]: (row[3], row[4]) for row in rows}


def made(module, action, payload):
    """The library's object for a payload, and whether the library writes it as it was: its change
    of names to and fro loses some (`soc` inside a word becomes `SoC`)."""
    names = charge_point.camel_to_snake_case({name: None for name in payload})
    made = getattr(module, action)(**dict(zip(names, payload.values())))
    written = charge_point.snake_to_camel_case(
        charge_point.remove_nones(dataclasses.asdict(made))
    )
    return made, written == payload


def charger_class(version):
    package = importlib.import_module("ocpp.v" + version.replace(".", ""))

    class Whole(package.ChargePoint):
        def __init__(self, identity, socket):
            super().__init__(identity, socket)
            self.examples = examples(version)
            # What it was not asked yet.
            self.unheard = set()

        async def route_message(self, raw):
            """Notes what was asked before the library judges it."""
            frame = json.loads(raw)
            if frame[0] == MessageType.Call:
                wanted = self.examples[frame[2]][0]
                say("asked", action=frame[2], same=frame[3] == wanted)
                if frame[3] == wanted:
                    self.unheard.discard(frame[2])
            await super().route_message(raw)

        def answer_to(self, action, response):
            """Has the library answer with the example; where it would change it, by its parts."""
            try:
                answer, is_same = made(package.call_result, action, response)
            except (TypeError, AttributeError):
                is_same = False
            if is_same:
                self.route_map[action] = {"_on_action": lambda **_: answer}
            else:
                self.route_map[action] = {}
                say("bypassed", action=action, side="response")

        async def _handle_call(self, message):
            if self.route_map.get(message.action) != {}:
                return await super()._handle_call(message)
            await validate_payload(message, self._ocpp_version)
            answer = message.create_call_result(self.examples[message.action][1])
            await validate_payload(answer, self._ocpp_version)
            await self._send(answer.to_json())

        async def ask(self, action, request):
            """Sends the example and has the answer validated."""
            try:
                payload, is_same = made(package.call, action, request)
            except (TypeError, AttributeError):
                is_same = False
            if is_same:
                return await self.call(payload, suppress=False)
            say("bypassed", action=action, side="request")
            message = Call(unique_id=str(uuid.uuid4()), action=action, payload=request)
            await validate_payload(message, self._ocpp_version)
            await self._send(message.to_json())
            answer = await self._get_specific_response(message.unique_id, 30)
            expect(answer.message_type_id == MessageType.CallResult, f"{action}: {answer}")
            answer.action = action
            await validate_payload(answer, self._ocpp_version)

    return Whole


async def journey(url, identity, version):
    socket = await connect(url, identity, [f"ocpp{version}"])
    charger = charger_class(version)(identity, socket)
    who = senders(version)
    expect(set(who) == set(charger.examples), "the examples are not those of the table")
    for action, (sender, _) in who.items():
        if sender != "station":
            charger.unheard.add(action)
            charger.answer_to(action, charger.examples[action][1])
    reading = asyncio.create_task(charger.start())
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)

    said = 0
    # The boot first, as a station does.
    for action in sorted(who, key=lambda action: action != "BootNotification"):
        sender, kind = who[action]
        if sender == "csms":
            continue
        request = charger.examples[action][0]
        said += 1
        if kind == "SEND":
            # The library has none: as it stands in the frame, and nothing may come back.
            await socket.send(json.dumps([6, str(uuid.uuid4()), action, request]))
            continue
        try:
            await charger.ask(action, request)
        except Exception as error:  # Every message has its turn.
            failures.append(f"{action}: {error!r} {getattr(error, 'details', '')}")
    say("said", count=said)
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait([waiting, reading], return_when=asyncio.FIRST_COMPLETED)
    expect(ended.is_set(), "the connection ended")
    expect(not charger.unheard, f"never asked: {sorted(charger.unheard)}")
    reading.cancel()
    await socket.close()


run(journey, seconds=300)
