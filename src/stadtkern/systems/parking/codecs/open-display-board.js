// The open display board: lines with arrows, read back, on port 10.
//
// Downlink  01, sequence, brightness (percent), number of lines; each line: arrow, length, Latin-1.
// Uplink    81, sequence shown, faults (bits), brightness, number of lines; the lines as above.
// Arrows    0 none, then from straight on (1) clockwise in steps of 45 degrees to half left (8).
// Faults    bit 0 works, 1 lamp, 2 temperature, 3 door, 4 shows its own text, 5 controller.

var ARROWS = ["", "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left"];
var FAULTS = ["", "lamp", "temperature", "door", "fallback", "controller"];

function text(bytes) {
  return bytes.map(function (byte) { return String.fromCharCode(byte); }).join("");
}

function lines(bytes, count) {
  var found = [];
  var at = 0;
  for (var i = 0; i < count; i++) {
    var length = bytes[at + 1];
    var end = at + 2 + length;
    if (length === undefined || end > bytes.length) return null;
    found.push({ text: text(bytes.slice(at + 2, end)), arrow: ARROWS[bytes[at]] || "" });
    at = end;
  }
  return found;
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (bytes[0] !== 0x81 || bytes.length < 5) return { errors: ["this is no message of a display board"] };
  var found = lines(bytes.slice(5), bytes[4]);
  if (!found) return { errors: ["the message ends inside a line"] };
  var faults = FAULTS.filter(function (name, bit) { return name && (bytes[2] >> bit) & 1; });
  return {
    data: {
      sequence: bytes[1],
      works: bytes[2] & 1 && !faults.length ? 1 : 0,
      faults: faults,
      brightness: bytes[3],
      lines: found,
    },
  };
}

function encodeDownlink(input) {
  var wish = input.data;
  if (!Array.isArray(wish.lines)) return { errors: ["give lines: [{text, arrow}]"] };
  var bytes = [0x01, (wish.sequence || 0) & 255, wish.brightness === undefined ? 100 : wish.brightness, wish.lines.length];
  for (var i = 0; i < wish.lines.length; i++) {
    var line = wish.lines[i];
    var arrow = ARROWS.indexOf(line.arrow || "");
    if (arrow < 0) return { errors: ["unknown arrow: " + line.arrow] };
    bytes.push(arrow, line.text.length);
    for (var j = 0; j < line.text.length; j++) {
      var code = line.text.charCodeAt(j);
      bytes.push(code < 256 ? code : 63);
    }
  }
  return { bytes: bytes, fPort: 10 };
}

function decodeDownlink(input) {
  var bytes = input.bytes;
  var found = bytes[0] === 0x01 && lines(bytes.slice(4), bytes[3]);
  if (!found) return { errors: ["this is no message to a display board"] };
  return { data: { sequence: bytes[1], brightness: bytes[2], lines: found } };
}
