"""A charger that goes through a whole upgrade: 1.6, an image, 2.0.1, and back when told.

The third argument lists what it offers with its old firmware, the fourth with the new one.
It lives until it is terminated.
"""

import asyncio
import hashlib
import signal
import sys
import urllib.request

import ocpp.v16
import ocpp.v201
from ocpp.routing import after, on
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from station import connect, expect, failures, now, say


class Station:
    """What outlives a connection."""

    def __init__(self, identity, before, after_update):
        self.identity = identity
        self.offers = {"1.0.0": before, "2.0.0": after_update}
        self.firmware = "1.0.0"
        self.operative = True
        self.must_boot = True
        self.owes_installed = False
        self.closing = asyncio.Event()
        self.configuration = {
            "HeartbeatInterval": "300",
            "MeterValueSampleInterval": "30",
            "ConnectionTimeOut": "45",
            "NumberOfConnectors": "1",
            "SupportedFeatureProfiles": "Core,FirmwareManagement,RemoteTrigger",
        }
        # component, variable: value, mutability
        self.variables = {
            ("OCPPCommCtrlr", "HeartbeatInterval"): ["60", "ReadWrite"],
            ("SampledDataCtrlr", "TxUpdatedInterval"): ["60", "ReadWrite"],
            ("TxCtrlr", "EVConnectionTimeOut"): ["60", "ReadWrite"],
            ("ChargingStation", "FirmwareVersion"): ["2.0.0", "ReadOnly"],
            ("ChargingStation", "Model"): ["U1", "ReadOnly"],
        }

    def reboot(self):
        self.must_boot = True
        self.closing.set()


class Life16(ocpp.v16.ChargePoint):
    station: Station

    async def ask(self, payload):
        return await self.call(payload, suppress=False)

    async def boot(self):
        while True:
            answer = await self.ask(
                call16.BootNotification(
                    charge_point_vendor="Pallas",
                    charge_point_model="U1",
                    firmware_version=self.station.firmware,
                )
            )
            if answer.status == "Accepted":
                break
            await asyncio.sleep(answer.interval)
        self.station.must_boot = False
        await self.statuses()
        if self.station.owes_installed:
            self.station.owes_installed = False
            await self.ask(call16.FirmwareStatusNotification(status="Installed"))

    async def statuses(self):
        word = "Available" if self.station.operative else "Unavailable"
        for connector in (0, 1):
            await self.ask(
                call16.StatusNotification(
                    connector_id=connector, error_code="NoError", status=word, timestamp=now()
                )
            )

    @on("GetConfiguration")
    def get_configuration(self, key=None):
        say("asked", action="GetConfiguration")
        items = [
            {"key": name, "readonly": name == "NumberOfConnectors", "value": value}
            for name, value in self.station.configuration.items()
            if not key or name in key
        ]
        return result16.GetConfiguration(configuration_key=items)

    @on("ChangeConfiguration")
    def change_configuration(self, key, value):
        self.station.configuration[key] = value
        return result16.ChangeConfiguration(status="Accepted")

    @on("ChangeAvailability")
    def change_availability(self, connector_id, type):
        say("asked", action="ChangeAvailability", to=type)
        self.station.operative = type == "Operative"
        return result16.ChangeAvailability(status="Accepted")

    @after("ChangeAvailability")
    async def tell_availability(self, connector_id, type):
        await self.statuses()

    @on("TriggerMessage")
    def trigger(self, requested_message, connector_id=None):
        say("asked", action="TriggerMessage", message=requested_message)
        return result16.TriggerMessage(status="Accepted")

    @after("TriggerMessage")
    async def do_trigger(self, requested_message, connector_id=None):
        if requested_message == "BootNotification":
            await self.boot()
        elif requested_message == "StatusNotification":
            await self.statuses()
        elif requested_message == "FirmwareStatusNotification":
            await self.ask(call16.FirmwareStatusNotification(status="Idle"))

    @on("UpdateFirmware")
    def update(self, location, retrieve_date, retries=None, retry_interval=None):
        say("asked", action="UpdateFirmware", location=location)
        return result16.UpdateFirmware()

    @after("UpdateFirmware")
    async def install(self, location, retrieve_date, retries=None, retry_interval=None):
        await self.ask(call16.FirmwareStatusNotification(status="Downloading"))
        image = await asyncio.to_thread(lambda: urllib.request.urlopen(location).read())
        say("downloaded", size=len(image), sha256=hashlib.sha256(image).hexdigest())
        await self.ask(call16.FirmwareStatusNotification(status="Downloaded"))
        await self.ask(call16.FirmwareStatusNotification(status="Installing"))
        self.station.firmware = "2.0.0"
        self.station.owes_installed = True
        self.station.reboot()

    @on("Reset")
    def reset(self, type):
        say("asked", action="Reset", protocol="ocpp1.6", kind=type)
        return result16.Reset(status="Accepted")

    @after("Reset")
    def do_reset(self, type):
        self.station.reboot()


class Life201(ocpp.v201.ChargePoint):
    station: Station
    pending = None

    async def ask(self, payload):
        return await self.call(payload, suppress=False)

    async def boot(self, reason="RemoteReset"):
        answer = await self.ask(
            call201.BootNotification(
                charging_station={
                    "vendor_name": "Pallas",
                    "model": "U1",
                    "firmware_version": self.station.firmware,
                },
                reason=reason,
            )
        )
        say("boot", status=answer.status)
        if self.pending:
            self.pending.cancel()
            self.pending = None
        if answer.status == "Accepted":
            self.station.must_boot = False
            await self.statuses()
        else:
            self.pending = asyncio.create_task(self.boot_later(answer.interval))

    async def boot_later(self, seconds):
        await asyncio.sleep(seconds)
        self.pending = None
        await self.boot()

    async def statuses(self):
        await self.ask(
            call201.StatusNotification(
                timestamp=now(),
                connector_status="Available" if self.station.operative else "Unavailable",
                evse_id=1,
                connector_id=1,
            )
        )

    @on("GetBaseReport")
    def get_base_report(self, request_id, report_base):
        say("asked", action="GetBaseReport", base=report_base)
        return result201.GetBaseReport(status="Accepted")

    @after("GetBaseReport")
    async def report(self, request_id, report_base):
        items = [
            {
                "component": {"name": component},
                "variable": {"name": variable},
                "variable_attribute": [{"type": "Actual", "value": value, "mutability": writable}],
                "variable_characteristics": {"data_type": "string", "supports_monitoring": False},
            }
            for (component, variable), (value, writable) in self.station.variables.items()
        ]
        # Two parts, as a real report has many.
        for number, part in enumerate((items[:2], items[2:])):
            await self.ask(
                call201.NotifyReport(
                    request_id=request_id,
                    generated_at=now(),
                    seq_no=number,
                    tbc=number == 0,
                    report_data=part,
                )
            )

    @on("SetVariables")
    def set_variables(self, set_variable_data):
        say(
            "asked",
            action="SetVariables",
            values={item["variable"]["name"]: item["attribute_value"] for item in set_variable_data},
        )
        results = []
        for item in set_variable_data:
            known = self.station.variables.get((item["component"]["name"], item["variable"]["name"]))
            if known and known[1] == "ReadWrite":
                known[0] = item["attribute_value"]
            results.append(
                {
                    "attribute_status": "Accepted" if known else "UnknownVariable",
                    "component": item["component"],
                    "variable": item["variable"],
                }
            )
        return result201.SetVariables(set_variable_result=results)

    @on("GetVariables")
    def get_variables(self, get_variable_data):
        say("asked", action="GetVariables")
        results = []
        for item in get_variable_data:
            known = self.station.variables.get((item["component"]["name"], item["variable"]["name"]))
            results.append(
                {
                    "attribute_status": "Accepted" if known else "UnknownVariable",
                    "attribute_value": known[0] if known else None,
                    "component": item["component"],
                    "variable": item["variable"],
                }
            )
        return result201.GetVariables(get_variable_result=results)

    @on("ChangeAvailability")
    def change_availability(self, operational_status, evse=None):
        say("asked", action="ChangeAvailability", to=operational_status)
        self.station.operative = operational_status == "Operative"
        return result201.ChangeAvailability(status="Accepted")

    @after("ChangeAvailability")
    async def tell_availability(self, operational_status, evse=None):
        await self.statuses()

    @on("TriggerMessage")
    def trigger(self, requested_message, evse=None):
        say("asked", action="TriggerMessage", message=requested_message)
        return result201.TriggerMessage(status="Accepted")

    @after("TriggerMessage")
    async def do_trigger(self, requested_message, evse=None):
        if requested_message == "BootNotification":
            await self.boot("Triggered")
        elif requested_message == "StatusNotification":
            await self.statuses()
        elif requested_message == "FirmwareStatusNotification":
            await self.ask(call201.FirmwareStatusNotification(status="Idle"))

    @on("Reset")
    def reset(self, type, evse_id=None):
        say("asked", action="Reset", protocol="ocpp2.0.1", kind=type)
        return result201.Reset(status="Accepted")

    @after("Reset")
    def do_reset(self, type, evse_id=None):
        self.station.reboot()


async def live(url, station):
    """One connection after the other."""
    while True:
        station.closing.clear()
        socket = await connect(url, station.identity, station.offers[station.firmware])
        charger = (Life16 if socket.subprotocol == "ocpp1.6" else Life201)(station.identity, socket)
        charger.station = station
        reading = asyncio.create_task(charger.start())
        work = asyncio.create_task(charger.boot())
        ended = asyncio.create_task(station.closing.wait())
        await asyncio.wait([reading, ended], return_when=asyncio.FIRST_COMPLETED)
        # What the charger was in the midst of ends with the connection, but not unheard.
        if work.done() and work.exception():
            failures.append(repr(work.exception()))
        for task in (reading, work, ended, getattr(charger, "pending", None)):
            if task:
                task.cancel()
        await socket.close()
        expect(not failures, "the upgrade goes on after a failure")
        if failures:
            return


async def main():
    url, identity, before, after_update = sys.argv[1:5]
    station = Station(identity, before.split(","), after_update.split(","))
    living = asyncio.create_task(live(url, station))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, living.cancel)
    try:
        await living
    except asyncio.CancelledError:
        pass


try:
    asyncio.run(main())
except BaseException as error:  # The verdict must be printed whatever happened.
    failures.append(repr(error))
if failures:
    say("failed", why=failures)
    sys.exit(1)
say("done")
