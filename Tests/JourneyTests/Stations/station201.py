"""A 2.0.1 charger."""

from ocpp.v201 import ChargePoint, call

import station2
from station import run


async def journey(url, identity):
    await station2.journey(url, identity, ["ocpp2.0.1"], ChargePoint, call, "P201")


run(journey)
