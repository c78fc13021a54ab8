// Bosch Parking Lot Sensor TPS110: one bay, free or occupied.
//
// port 1  parking status  1 byte: bit 0 = occupied
// port 2  heartbeat       1 byte as above, then the temperature as a signed byte in degrees Celsius
// port 3  start-up        three debug codes of 4 bytes (12 bits used, low byte first), firmware
//                         version in 3 bytes, reset cause in 1 byte, then the status byte

var RESET_CAUSES = { 1: "watchdog", 2: "power on", 3: "system request", 4: "other" };
var SHORTEST = { 1: 1, 2: 1, 3: 17 };

function occupied(status) {
  return (status & 1) === 1;
}

function signed(byte) {
  return byte < 128 ? byte : byte - 256;
}

function debugCodes(bytes) {
  return [0, 4, 8]
    .map(function (at) { return bytes[at] | ((bytes[at + 1] & 0x0f) << 8); })
    .filter(function (code) { return code !== 0; });
}

function heartbeat(bytes) {
  var data = { type: "heartbeat", occupied: occupied(bytes[0]) };
  if (bytes.length > 1) data.temperature = signed(bytes[1]);
  return data;
}

function startup(bytes) {
  return {
    type: "startup",
    debugCodes: debugCodes(bytes),
    firmwareVersion: bytes.slice(12, 15).join("."),
    resetCause: RESET_CAUSES[bytes[15]],
    occupied: occupied(bytes[16]),
  };
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (!(input.fPort in SHORTEST)) return { errors: ["port " + input.fPort + " carries no bay status"] };
  if (bytes.length < SHORTEST[input.fPort]) return { errors: ["the message is too short"] };
  if (input.fPort === 1) return { data: { type: "parking status", occupied: occupied(bytes[0]) } };
  return { data: input.fPort === 2 ? heartbeat(bytes) : startup(bytes) };
}
