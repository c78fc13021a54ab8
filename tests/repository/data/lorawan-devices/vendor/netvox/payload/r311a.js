// Netvox R311A, written from the examples beside it.
function device(kind) {
  return kind === 2 ? "R311A" : "unknown";
}

function hex(byte) {
  return (byte < 16 ? "0" : "") + byte.toString(16);
}

function settings(bytes, data) {
  data.MinTime = bytes[2] * 256 + bytes[3];
  data.MaxTime = bytes[4] * 256 + bytes[5];
  data.BatteryChange = bytes[6] / 10;
  return data;
}

function decodeUplink(input) {
  var b = input.bytes;
  if (input.fPort === 6) {
    if (b[2] === 0) {
      return { data: { Device: device(b[1]), SWver: b[3] / 10, HWver: b[4], Datecode: b.slice(5, 9).map(hex).join("") } };
    }
    var volt = (b[3] & 127) / 10;
    return { data: { Device: device(b[1]), Volt: b[3] & 128 ? volt + "(low battery)" : volt, OnOff: b[4] } };
  }
  if (input.fPort === 7 && b[0] === 0x81) {
    return { data: { Cmd: "ConfigReportRsp", Device: device(b[1]), Status: b[2] ? "Failure" : "Success" } };
  }
  if (input.fPort === 7 && b[0] === 0x82) {
    return { data: settings(b, { Cmd: "ReadConfigReportRsp", Device: device(b[1]) }) };
  }
  return { errors: ["unknown FPort"] };
}

function encodeDownlink(input) {
  var d = input.data, bytes = [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  if (d.Cmd === "ConfigReportReq") {
    bytes[0] = 1;
    bytes[2] = d.MinTime >> 8;
    bytes[3] = d.MinTime & 255;
    bytes[4] = d.MaxTime >> 8;
    bytes[5] = d.MaxTime & 255;
    bytes[6] = Math.round(d.BatteryChange * 10);
  } else if (d.Cmd === "ReadConfigReportReq") {
    bytes[0] = 2;
  } else {
    return { errors: ["unknown Cmd"] };
  }
  return { fPort: 7, bytes: bytes };
}

function decodeDownlink(input) {
  var b = input.bytes;
  if (b[0] === 1) return { data: settings(b, { Cmd: "ConfigReportReq", Device: device(b[1]) }) };
  if (b[0] === 2) return { data: { Cmd: "ReadConfigReportReq", Device: device(b[1]) } };
  return { errors: ["unknown Cmd"] };
}
