"""What a 2.0.1 and a 2.1 charger say alike; the module with the messages is passed in."""

from station import connect, expect, now, say, with_charger


async def steps(charger, call, model):
    async def ask(payload):
        return await charger.call(payload, suppress=False)

    boot = await ask(
        call.BootNotification(
            charging_station={
                "vendor_name": "Pallas",
                "model": model,
                "serial_number": f"{model}-1",
                "firmware_version": "2.0.0",
                "modem": {"iccid": "8949020000000000000"},
            },
            reason="PowerUp",
        )
    )
    expect(boot.status == "Accepted", f"boot: {boot}")
    expect(boot.interval == 77, f"heartbeat interval: {boot}")
    await ask(
        call.StatusNotification(
            timestamp=now(), connector_status="Available", evse_id=1, connector_id=1
        )
    )
    token = {"id_token": "04A1B2C3", "type": "ISO14443"}
    authorized = await ask(call.Authorize(id_token=token))
    expect(authorized.id_token_info["status"] == "Accepted", f"authorize: {authorized}")

    def event(kind, number, trigger, energy, **more):
        return call.TransactionEvent(
            event_type=kind,
            timestamp=now(),
            trigger_reason=trigger,
            seq_no=number,
            transaction_info={"transaction_id": f"{model}-tx-1", **more},
            evse={"id": 1, "connector_id": 1},
            id_token=token if kind != "Updated" else None,
            meter_value=[
                {
                    "timestamp": now(),
                    "sampled_value": [
                        {
                            "value": energy,
                            "measurand": "Energy.Active.Import.Register",
                            "unit_of_measure": {"unit": "kWh"},
                        },
                        {"value": 16.1, "measurand": "Current.Import", "phase": "L1"},
                    ],
                }
            ],
        )

    started = await ask(event("Started", 0, "Authorized", 1.0, charging_state="EVConnected"))
    expect(started.id_token_info["status"] == "Accepted", f"started: {started}")
    await ask(event("Started", 0, "Authorized", 1.0, charging_state="EVConnected"))
    await ask(event("Updated", 1, "ChargingStateChanged", 1.2, charging_state="Charging"))
    await ask(event("Updated", 2, "MeterValuePeriodic", 1.4))
    await ask(event("Ended", 3, "StopAuthorized", 1.5, stopped_reason="Local"))
    await ask(
        call.MeterValues(
            evse_id=0, meter_value=[{"timestamp": now(), "sampled_value": [{"value": 4.5}]}]
        )
    )
    transfer = await ask(call.DataTransfer(vendor_id="org.example", message_id="m", data={"a": 1}))
    expect(transfer.status == "UnknownVendorId", f"data transfer: {transfer}")
    await ask(call.FirmwareStatusNotification(status="Idle"))
    await ask(call.SecurityEventNotification(type="StartupOfTheDevice", timestamp=now()))
    await ask(
        call.NotifyEvent(
            generated_at=now(),
            seq_no=0,
            event_data=[
                {
                    "event_id": 1,
                    "timestamp": now(),
                    "trigger": "Alerting",
                    "actual_value": "true",
                    "event_notification_type": "HardWiredNotification",
                    "component": {"name": "Connector", "evse": {"id": 1, "connector_id": 1}},
                    "variable": {"name": "Problem"},
                }
            ],
        )
    )
    await ask(call.LogStatusNotification(status="Idle"))
    beat = await ask(call.Heartbeat())
    expect(beat.current_time.endswith("Z"), f"heartbeat: {beat}")
    say("session", transaction=f"{model}-tx-1")


async def journey(url, identity, offers, charge_point, call, model):
    socket = await connect(url, identity, offers)
    charger = charge_point(identity, socket)
    await with_charger(charger, steps(charger, call, model))
