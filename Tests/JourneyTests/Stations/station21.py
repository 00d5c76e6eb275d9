"""A 2.1 charger, which would speak 2.0.1 too."""

from ocpp.v21 import ChargePoint, call

import station2
from station import run


async def journey(url, identity):
    await station2.journey(url, identity, ["ocpp2.1", "ocpp2.0.1"], ChargePoint, call, "P21")


run(journey)
