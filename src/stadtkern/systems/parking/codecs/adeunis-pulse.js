// Adeunis PULSE: two counters of pulses, here of the loops at a lane of a car park.
//
// byte 0     frame: 46 both counters, 5a counter A with its past, 5b counter B with its past
// byte 1     status: bit 0 configured, bit 1 battery low, bit 2 a time follows, bits 5-7 frame number
// 46         counter A (4 bytes), counter B (4), high byte first
// 5a, 5b     newest total (4), then steps back in time (2 each)
// a time is the last 4 bytes: seconds since 2013; the totals were read then
//
// Other frames carry settings and alarms; they say nothing of the totals.

var BOTH = 0x46;
var ONE = { 0x5a: "counterA", 0x5b: "counterB" };

function unsigned(bytes) {
  return bytes.reduce(function (value, byte) { return value * 256 + byte; }, 0);
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var needed = bytes[0] === BOTH ? 10 : 6;
  if (bytes[0] !== BOTH && !(bytes[0] in ONE)) return { errors: ["frame " + bytes[0] + " carries no totals"] };
  if (bytes.length < needed) return { errors: ["the message is too short"] };
  var data = { lowBattery: (bytes[1] & 2) !== 0, frame: bytes[1] >> 5 };
  if (bytes[0] !== BOTH) {
    data[ONE[bytes[0]]] = unsigned(bytes.slice(2, 6));
    return { data: data };
  }
  data.counterA = unsigned(bytes.slice(2, 6));
  data.counterB = unsigned(bytes.slice(6, 10));
  return { data: data };
}
