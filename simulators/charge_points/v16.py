"""A point in the words of OCPP 1.6-J, with the client of the ocpp package."""

import asyncio
from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result

from simulators.charge_points.outlet import Outlet, Session, now
from simulators.charge_points.point import Point

YES, NO = "Accepted", "Rejected"
FIRMWARE = ("Downloading", "Downloaded", "Installing", "Installed")


# The package has no types.
class Speaker(ChargePoint):  # type: ignore[misc]
    """What the city asks."""

    def __init__(self, point: "Point16", socket: Any) -> None:
        super().__init__(point.identity, socket, response_timeout=30)
        self.point = point

    @on("RemoteStartTransaction")
    def on_start(self, id_tag: str, connector_id: int | None = None, **_more: Any) -> Any:
        yes = self.point.may_start(connector_id, id_tag)
        return call_result.RemoteStartTransaction(status=YES if yes else NO)

    @on("RemoteStopTransaction")
    def on_stop(self, transaction_id: int) -> Any:
        yes = self.point.may_stop(lambda session: session.number == transaction_id)
        return call_result.RemoteStopTransaction(status=YES if yes else NO)

    @on("ReserveNow")
    def on_reserve(self, connector_id: int, id_tag: str, reservation_id: int, **_more: Any) -> Any:
        said = self.point.reserve(connector_id, reservation_id, id_tag)
        return call_result.ReserveNow(status=said)

    @on("CancelReservation")
    def on_cancel(self, reservation_id: int) -> Any:
        yes = self.point.unreserve(reservation_id)
        return call_result.CancelReservation(status=YES if yes else NO)

    @on("Reset")
    def on_reset(self, type: str) -> Any:
        self.point.restart(hard=type == "Hard")
        return call_result.Reset(status=YES)

    @on("UnlockConnector")
    def on_unlock(self, connector_id: int) -> Any:
        yes = self.point.unlock(connector_id)
        return call_result.UnlockConnector(status="Unlocked" if yes else "UnlockFailed")

    @on("ChangeAvailability")
    def on_availability(self, connector_id: int, type: str) -> Any:
        said = self.point.available(connector_id, type == "Operative")
        return call_result.ChangeAvailability(status=said)

    @on("SetChargingProfile")
    def on_profile(self, connector_id: int, cs_charging_profiles: dict[str, Any]) -> Any:
        periods = cs_charging_profiles["charging_schedule"]["charging_schedule_period"]
        self.point.limit(connector_id, float(periods[0]["limit"]))
        return call_result.SetChargingProfile(status=YES)

    @on("ClearChargingProfile")
    def on_clear(self, connector_id: int = 0, **_more: Any) -> Any:
        self.point.limit(connector_id, None)
        return call_result.ClearChargingProfile(status=YES)

    @on("GetConfiguration")
    def on_settings(self, key: list[str] | None = None) -> Any:
        known = self.point.settings
        wanted = key or list(known)
        rows = [{"key": k, "readonly": False, "value": known[k]} for k in wanted if k in known]
        return call_result.GetConfiguration(
            configuration_key=rows, unknown_key=[k for k in wanted if k not in known] or None
        )

    @on("ChangeConfiguration")
    def on_setting(self, key: str, value: str) -> Any:
        if key == "AuthorizationKey":
            self.point.password = value
            return call_result.ChangeConfiguration(status=YES)
        if key not in self.point.settings:
            return call_result.ChangeConfiguration(status="NotSupported")
        self.point.settings[key] = value
        return call_result.ChangeConfiguration(status=YES)

    @on("TriggerMessage")
    def on_trigger(self, requested_message: str, connector_id: int | None = None) -> Any:
        self.point.soon(self.point.triggered(requested_message, connector_id))
        return call_result.TriggerMessage(status=YES)

    @on("UpdateFirmware")
    def on_firmware(self, **_more: Any) -> Any:
        self.point.soon(self.point.update())
        return call_result.UpdateFirmware()

    @on("GetDiagnostics")
    def on_diagnostics(self, **_more: Any) -> Any:
        self.point.soon(self.point.upload())
        return call_result.GetDiagnostics(file_name=f"{self.point.identity}.zip")


class Point16(Point):
    """OCPP 1.6."""

    PROTOCOL = "ocpp1.6"

    def speaker(self, socket: Any) -> Any:
        return Speaker(self, socket)

    async def boot(self) -> bool:
        answer = await self.ask(call.BootNotification(
            charge_point_model="Demo 22", charge_point_vendor="Stadtkern-Simulator",
            charge_point_serial_number=self.identity[-25:], firmware_version=self.firmware,
        ))  # fmt: skip
        self.heartbeat = float(answer.interval or 300)
        return bool(answer.status == YES)

    async def beat(self) -> None:
        await self.ask(call.Heartbeat())

    async def tell_status(self, outlet: Outlet) -> None:
        await self.ask(call.StatusNotification(
            connector_id=outlet.number, status=outlet.status, timestamp=now(),
            error_code="InternalError" if outlet.status == "Faulted" else "NoError",
        ))  # fmt: skip

    def later_start(self, outlet: Outlet, session: Session) -> None:
        async def send() -> None:
            answer = await self.ask(call.StartTransaction(
                connector_id=outlet.number, id_tag=session.card, meter_start=session.begun_wh,
                timestamp=session.begun,
            ))  # fmt: skip
            session.number = answer.transaction_id
            if answer.id_tag_info["status"] != YES and outlet.session is session:
                self.end(outlet, "DeAuthorized")

        self.queue.append(send)

    def later_meter(self, outlet: Outlet) -> None:
        session, values = outlet.session, self.values(outlet)
        assert session is not None

        async def send() -> None:
            await self.ask(call.MeterValues(
                connector_id=outlet.number, transaction_id=session.number, meter_value=[values]
            ))  # fmt: skip

        self.queue.append(send)

    def later_stop(self, outlet: Outlet, session: Session, reason: str) -> None:
        at, register = now(), outlet.register

        async def send() -> None:
            await self.ask(call.StopTransaction(
                meter_stop=register, timestamp=at, transaction_id=session.number or -1,
                reason=reason, id_tag=session.card,
            ))  # fmt: skip

        self.queue.append(send)

    def values(self, outlet: Outlet) -> dict[str, Any]:
        def one(measurand: str, value: float, unit: str) -> dict[str, str]:
            return {"measurand": measurand, "value": f"{value:.1f}", "unit": unit}

        sampled = [
            one("Energy.Active.Import.Register", outlet.wh, "Wh"),
            one("Power.Active.Import", outlet.watt, "W"),
        ]
        if outlet.direct and outlet.car is not None:
            sampled.append(one("SoC", outlet.car.soc * 100, "Percent"))
        return {"timestamp": now(), "sampledValue": sampled}

    async def triggered(self, message: str, number: int | None) -> None:
        await asyncio.sleep(0.5)
        if message == "StatusNotification":
            for outlet in self.outlets:
                if number in (None, 0, outlet.number):
                    await self.quietly(self.tell_status(outlet))
        elif message == "Heartbeat":
            await self.quietly(self.beat())
        elif message == "BootNotification":
            await self.boot()
        elif message == "MeterValues":
            for outlet in self.outlets:
                if outlet.session is not None:
                    self.later_meter(outlet)

    async def update(self) -> None:
        for status in FIRMWARE:
            await asyncio.sleep(4)
            if self.client is not None:
                await self.ask(call.FirmwareStatusNotification(status=status))
        major, minor, patch = self.firmware.split(".")
        self.firmware = f"{major}.{minor}.{int(patch) + 1}"
        self.restart(hard=False)

    async def upload(self) -> None:
        for status in ("Uploading", "Uploaded"):
            await asyncio.sleep(3)
            if self.client is not None:
                await self.ask(call.DiagnosticsStatusNotification(status=status))
