"""A station in the words of OCPP 2.0.1, with the client of the ocpp package."""

import asyncio
from typing import Any

from ocpp.routing import on
from ocpp.v201 import ChargePoint, call, call_result

from simulators.charge_points.outlet import Outlet, Session, now
from simulators.charge_points.point import Point

YES, NO = "Accepted", "Rejected"
STATUS = {"Available": "Available", "Reserved": "Reserved", "Unavailable": "Unavailable",
          "Faulted": "Faulted"}  # fmt: skip
STATE = {"Charging": "Charging", "SuspendedEV": "SuspendedEV", "SuspendedEVSE": "SuspendedEVSE"}
REASON = {"HardReset": "ImmediateReset", "SoftReset": "Reboot", "UnlockCommand": "Other",
          "DeAuthorized": "DeAuthorized"}  # fmt: skip


# The package has no types.
class Speaker(ChargePoint):  # type: ignore[misc]
    """What the city asks."""

    def __init__(self, point: "Point201", socket: Any) -> None:
        super().__init__(point.identity, socket, response_timeout=30)
        self.point = point

    @on("RequestStartTransaction")
    def on_start201(
        self, id_token: dict[str, Any], remote_start_id: int, evse_id: int | None = None,
        **_more: Any,
    ) -> Any:  # fmt: skip
        yes = self.point.may_start(evse_id, id_token["id_token"])
        return call_result.RequestStartTransaction(status=YES if yes else NO)

    @on("RequestStopTransaction")
    def on_stop201(self, transaction_id: str, **_more: Any) -> Any:
        yes = self.point.may_stop(lambda session: session.own == transaction_id)
        return call_result.RequestStopTransaction(status=YES if yes else NO)

    @on("ReserveNow")
    def on_reserve201(
        self, id: int, id_token: dict[str, Any], evse_id: int = 1, **_more: Any
    ) -> Any:
        return call_result.ReserveNow(status=self.point.reserve(evse_id, id, id_token["id_token"]))

    @on("CancelReservation")
    def on_cancel201(self, reservation_id: int, **_more: Any) -> Any:
        yes = self.point.unreserve(reservation_id)
        return call_result.CancelReservation(status=YES if yes else NO)

    @on("Reset")
    def on_reset201(self, type: str, **_more: Any) -> Any:
        self.point.restart(hard=type == "Immediate")
        return call_result.Reset(status=YES)

    @on("UnlockConnector")
    def on_unlock201(self, evse_id: int, **_more: Any) -> Any:
        yes = self.point.unlock(evse_id)
        return call_result.UnlockConnector(status="Unlocked" if yes else "UnlockFailed")

    @on("ChangeAvailability")
    def on_availability201(
        self, operational_status: str, evse: dict[str, Any] | None = None, **_more: Any
    ) -> Any:
        number = int(evse["id"]) if evse else 0
        return call_result.ChangeAvailability(
            status=self.point.available(number, operational_status == "Operative")
        )

    @on("SetChargingProfile")
    def on_profile201(self, evse_id: int, charging_profile: dict[str, Any], **_m: Any) -> Any:
        periods = charging_profile["charging_schedule"][0]["charging_schedule_period"]
        self.point.limit(evse_id, float(periods[0]["limit"]))
        return call_result.SetChargingProfile(status=YES)

    @on("ClearChargingProfile")
    def on_clear201(self, **_more: Any) -> Any:
        self.point.limit(0, None)
        return call_result.ClearChargingProfile(status=YES)

    @on("GetVariables")
    def on_get201(self, get_variable_data: list[dict[str, Any]], **_more: Any) -> Any:
        known = self.point.settings
        return call_result.GetVariables(get_variable_result=[
            {
                "component": one["component"], "variable": one["variable"],
                "attribute_status": YES if one["variable"]["name"] in known else "UnknownVariable",
                "attribute_value": known.get(one["variable"]["name"]),
            }
            for one in get_variable_data
        ])  # fmt: skip

    @on("SetVariables")
    def on_set201(self, set_variable_data: list[dict[str, Any]], **_more: Any) -> Any:
        return call_result.SetVariables(set_variable_result=[
            {
                "component": one["component"], "variable": one["variable"],
                "attribute_status": self.point.change(one["variable"]["name"],
                                                      one["attribute_value"]),
            }
            for one in set_variable_data
        ])  # fmt: skip

    @on("GetBaseReport")
    def on_report201(self, request_id: int, **_more: Any) -> Any:
        self.point.soon(self.point.report(request_id))
        return call_result.GetBaseReport(status=YES)

    @on("TriggerMessage")
    def on_trigger201(self, requested_message: str, **_more: Any) -> Any:
        self.point.soon(self.point.triggered(requested_message))
        return call_result.TriggerMessage(status=YES)

    @on("UpdateFirmware")
    def on_firmware201(self, request_id: int, **_more: Any) -> Any:
        self.point.soon(self.point.update(request_id))
        return call_result.UpdateFirmware(status=YES)

    @on("GetLog")
    def on_log201(self, request_id: int, **_more: Any) -> Any:
        self.point.soon(self.point.upload(request_id))
        return call_result.GetLog(status=YES, filename=f"{self.point.identity}.zip")


class Point201(Point):
    """OCPP 2.0.1: transactions are told as numbered events."""

    PROTOCOL = "ocpp2.0.1"

    def speaker(self, socket: Any) -> Any:
        return Speaker(self, socket)

    async def boot(self) -> bool:
        station = {"model": "Demo 201", "vendor_name": "Stadtkern-Simulator",
                   "firmware_version": self.firmware,
                   "serial_number": self.identity[-25:]}  # fmt: skip
        reason = "PowerUp" if self.first else "Unknown"
        self.first = False
        answer = await self.ask(call.BootNotification(charging_station=station, reason=reason))
        self.heartbeat = float(answer.interval or 300)
        return bool(answer.status == YES)

    async def beat(self) -> None:
        await self.ask(call.Heartbeat())

    async def tell_status(self, outlet: Outlet) -> None:
        await self.ask(call.StatusNotification(
            timestamp=now(), connector_status=STATUS.get(outlet.status, "Occupied"),
            evse_id=outlet.number, connector_id=1,
        ))  # fmt: skip

    def later_start(self, outlet: Outlet, session: Session) -> None:
        self._event(outlet, session, "Started", "Authorized", state="Charging")

    def later_meter(self, outlet: Outlet) -> None:
        assert outlet.session is not None
        self._event(outlet, outlet.session, "Updated", "MeterValuePeriodic",
                    state=STATE.get(outlet.becomes, "EVConnected"))  # fmt: skip

    def later_stop(self, outlet: Outlet, session: Session, reason: str) -> None:
        why = "RemoteStop" if reason == "Remote" else "EVDeparted"
        self._event(outlet, session, "Ended", why, state="Idle",
                    stopped=REASON.get(reason, reason))  # fmt: skip

    def _event(
        self, outlet: Outlet, session: Session, kind: str, why: str, *, state: str,
        stopped: str | None = None,
    ) -> None:  # fmt: skip
        info = {"transaction_id": session.own, "charging_state": state}
        if stopped:
            info["stopped_reason"] = stopped
        begins = kind == "Started"
        token = {"id_token": session.card, "type": "ISO14443"} if begins else None
        made = call.TransactionEvent(
            event_type=kind, timestamp=session.begun if begins else now(), trigger_reason=why,
            seq_no=session.next(), transaction_info=info, id_token=token,
            evse={"id": outlet.number, "connector_id": 1},
            offline=self.client is None, meter_value=[self.values(outlet)],
        )  # fmt: skip

        async def send() -> None:
            answer = await self.ask(made)
            verdict = (answer.id_token_info or {}).get("status", YES)
            if begins and verdict != YES and outlet.session is session:
                self.end(outlet, "DeAuthorized")

        self.queue.append(send)

    def values(self, outlet: Outlet) -> dict[str, Any]:
        def one(measurand: str, value: float, unit: str) -> dict[str, Any]:
            return {"measurand": measurand, "value": round(value, 1),
                    "unit_of_measure": {"unit": unit}}  # fmt: skip

        return {"timestamp": now(), "sampled_value": [
            one("Energy.Active.Import.Register", outlet.wh, "Wh"),
            one("Power.Active.Import", outlet.watt, "W"),
        ]}  # fmt: skip

    def change(self, name: str, value: str) -> str:
        if name == "BasicAuthPassword":
            self.password = value
            return YES
        if name not in self.settings:
            return "UnknownVariable"
        self.settings[name] = value
        return YES

    async def report(self, request: int) -> None:
        rows = [
            {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": name},
             "variable_attribute": [{"value": value}]}
            for name, value in self.settings.items()
        ]  # fmt: skip
        await asyncio.sleep(0.5)
        await self.ask(call.NotifyReport(
            request_id=request, generated_at=now(), seq_no=0, report_data=rows
        ))  # fmt: skip

    async def triggered(self, message: str) -> None:
        await asyncio.sleep(0.5)
        if message == "StatusNotification":
            for outlet in self.outlets:
                await self.quietly(self.tell_status(outlet))
        elif message == "Heartbeat":
            await self.quietly(self.beat())
        elif message == "BootNotification":
            await self.boot()

    async def update(self, request: int) -> None:
        for status in ("Downloading", "Downloaded", "Installing", "Installed"):
            await asyncio.sleep(4)
            if self.client is not None:
                await self.ask(call.FirmwareStatusNotification(
                    status=status, request_id=request
                ))  # fmt: skip
        self.restart(hard=False)

    async def upload(self, request: int) -> None:
        for status in ("Uploading", "Uploaded"):
            await asyncio.sleep(3)
            if self.client is not None:
                await self.ask(call.LogStatusNotification(status=status, request_id=request))
