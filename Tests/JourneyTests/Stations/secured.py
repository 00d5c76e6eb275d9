"""A charger that proves itself: by nothing, by a password, or by a certificate, over TLS or not.

secured.py URL IDENTITY OFFER WISH [user:USER] [password:PASSWORD] [ca:FILE] [cert:FILE] [key:FILE]
WISH is what must come of it: a boot's status, or the status of the HTTP refusal, or "tls" when the
handshake itself must fail.
"""

import base64
import ssl

import websockets
from ocpp.v16 import ChargePoint as ChargePoint16
from ocpp.v16 import call as call16
from ocpp.v201 import ChargePoint as ChargePoint201
from ocpp.v201 import call as call201

from station import expect, run, say, with_charger


def boot(offer, serial):
    if offer == "ocpp1.6":
        return call16.BootNotification(
            charge_point_vendor="Pallas",
            charge_point_model="S1",
            charge_point_serial_number=serial,
        )
    return call201.BootNotification(
        reason="PowerUp",
        charging_station={"vendor_name": "Pallas", "model": "S1", "serial_number": serial},
    )


async def journey(url, identity, offer, wish, *more):
    facts = dict(word.split(":", 1) for word in more)
    headers = {}
    if "password" in facts:
        secret = f"{facts.get('user', identity)}:{facts['password']}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(secret).decode()
    context = None
    if url.startswith("wss:"):
        context = ssl.create_default_context(cafile=facts["ca"])
        if "cert" in facts:
            context.load_cert_chain(facts["cert"], facts["key"])
    try:
        socket = await websockets.connect(
            f"{url}/{identity}",
            subprotocols=[offer],
            additional_headers=headers,
            ssl=context,
            open_timeout=10,
        )
    except websockets.exceptions.InvalidStatus as refusal:
        status = refusal.response.status_code
        expect(str(status) == wish, f"refused with {status}: {refusal.response.body}")
        say("refused", status=status, body=refusal.response.body.decode())
        return
    except (ssl.SSLError, ConnectionError, websockets.exceptions.InvalidMessage) as error:
        # In TLS 1.3 a client learns that its certificate is refused from its first read.
        expect(wish == "tls", f"TLS failed: {error!r}")
        say("refused", status=0, body=repr(error))
        return
    expect(wish in ("Accepted", "Pending"), f"it was let in, not refused with {wish}")
    kind = ChargePoint16 if offer == "ocpp1.6" else ChargePoint201
    charger = kind(identity, socket)

    async def steps():
        answer = await charger.call(boot(offer, facts.get("serial", "")), suppress=False)
        expect(answer.status == wish, f"boot: {answer}")
        say("booted", status=str(answer.status))

    await with_charger(charger, steps())


if __name__ == "__main__":
    run(journey)
