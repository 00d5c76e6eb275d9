"""A 1.6 charger: everything that it may say, with the security extension."""

from ocpp.v16 import ChargePoint, call
from ocpp.v16.enums import (
    ChargePointErrorCode,
    ChargePointStatus,
    DiagnosticsStatus,
    FirmwareStatus,
    RegistrationStatus,
)

from station import connect, expect, now, run, say, with_charger


async def steps(charger):
    async def ask(payload):
        return await charger.call(payload, suppress=False)

    boot = await ask(
        call.BootNotification(
            charge_point_vendor="Pallas",
            charge_point_model="P16",
            charge_point_serial_number="P16-1",
            firmware_version="1.0.0",
            iccid="8949020000000000000",
        )
    )
    expect(boot.status == RegistrationStatus.accepted, f"boot: {boot}")
    expect(boot.interval == 77, f"heartbeat interval: {boot}")
    for connector in (0, 1, 2):
        await ask(
            call.StatusNotification(
                connector_id=connector,
                error_code=ChargePointErrorCode.no_error,
                status=ChargePointStatus.available,
                timestamp=now(),
            )
        )
    tag = "04A1B2C3"
    authorized = await ask(call.Authorize(id_tag=tag))
    expect(authorized.id_tag_info["status"] == "Accepted", f"authorize: {authorized}")
    await ask(
        call.StatusNotification(
            connector_id=1,
            error_code=ChargePointErrorCode.no_error,
            status=ChargePointStatus.preparing,
        )
    )
    start = call.StartTransaction(
        connector_id=1, id_tag=tag, meter_start=1000, timestamp="2026-01-02T03:04:05.000Z"
    )
    started = await ask(start)
    again = await ask(start)
    expect(started.transaction_id > 0, f"start: {started}")
    expect(again.transaction_id == started.transaction_id, f"a repeated start: {again}")
    for energy in (1200, 1400):
        await ask(
            call.MeterValues(
                connector_id=1,
                transaction_id=started.transaction_id,
                meter_value=[
                    {
                        "timestamp": now(),
                        "sampledValue": [
                            {"value": str(energy), "unit": "Wh", "context": "Sample.Periodic"},
                            {"value": "16.0", "measurand": "Current.Import", "phase": "L1"},
                        ],
                    }
                ],
            )
        )
    stopped = await ask(
        call.StopTransaction(
            meter_stop=1500,
            timestamp=now(),
            transaction_id=started.transaction_id,
            id_tag=tag,
            reason="Local",
            transaction_data=[
                {"timestamp": now(), "sampledValue": [{"value": "1500", "context": "Transaction.End"}]}
            ],
        )
    )
    expect(stopped.id_tag_info["status"] == "Accepted", f"stop: {stopped}")
    transfer = await ask(call.DataTransfer(vendor_id="org.example", message_id="m", data="{}"))
    expect(transfer.status == "UnknownVendorId", f"data transfer: {transfer}")
    await ask(call.DiagnosticsStatusNotification(status=DiagnosticsStatus.idle))
    await ask(call.FirmwareStatusNotification(status=FirmwareStatus.idle))
    await ask(call.SignedFirmwareStatusNotification(status="Idle", request_id=1))
    await ask(call.LogStatusNotification(status="Idle", request_id=1))
    await ask(call.SecurityEventNotification(type="StartupOfTheDevice", timestamp=now(), tech_info="-"))
    beat = await ask(call.Heartbeat())
    expect(beat.current_time.endswith("Z"), f"heartbeat: {beat}")
    say("session", transaction=started.transaction_id)


async def journey(url, identity):
    socket = await connect(url, identity, ["ocpp1.6"])
    charger = ChargePoint(identity, socket)
    await with_charger(charger, steps(charger))


run(journey)
