// Milesight EM300-TH: air temperature and relative humidity.
//
// A message is a row of blocks: channel (1 byte), type (1 byte), value (little-endian).
// 01 75 battery in percent, 03 67 temperature in 0.1 degrees Celsius, 04 68 humidity in 0.5 percent,
// 20 CE a stored reading: Unix time (4), temperature (2), humidity (1), reserved (1),
// FF .. facts about the device, whose lengths are needed to step over them.

var FACTS = { 0x01: 1, 0x09: 2, 0x0a: 2, 0x0b: 1, 0x0f: 1, 0x16: 8, 0xfe: 1, 0xff: 2 };

function unsigned(bytes) {
  return bytes.reduceRight(function (value, byte) { return value * 256 + byte; }, 0);
}

function temperature(bytes) {
  var value = unsigned(bytes);
  return (value < 0x8000 ? value : value - 0x10000) / 10;
}

function hex(bytes) {
  return bytes.map(function (byte) { return (256 + byte).toString(16).slice(1); }).join("");
}

function stored(bytes) {
  return {
    timestamp: unsigned(bytes.slice(0, 4)),
    temperature: temperature(bytes.slice(4, 6)),
    humidity: bytes[6] / 2,
  };
}

var BLOCKS = {
  "01 75": [1, function (data, value) { data.battery = value[0]; }],
  "03 67": [2, function (data, value) { data.temperature = temperature(value); }],
  "04 68": [1, function (data, value) { data.humidity = value[0] / 2; }],
  "20 ce": [8, function (data, value) { data.history = (data.history || []).concat(stored(value)); }],
  "ff 16": [8, function (data, value) { data.sn = hex(value); }],
};

function block(channel, type) {
  var known = BLOCKS[hex([channel]) + " " + hex([type])];
  if (known) return known;
  return channel === 0xff && type in FACTS ? [FACTS[type], function () {}] : null;
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at < bytes.length; ) {
    var found = bytes.length > at + 1 && block(bytes[at], bytes[at + 1]);
    if (!found) return { data: data, warnings: ["unknown block at byte " + at + ": " + hex(bytes.slice(at, at + 2))] };
    var value = bytes.slice(at + 2, at + 2 + found[0]);
    if (value.length < found[0]) return { data: data, errors: ["the message ends inside a block at byte " + at] };
    found[1](data, value);
    at += 2 + found[0];
  }
  return { data: data };
}

// Downlinks on port 85: FF 03 the seconds between two reports, FF 10 FF a restart.
function encodeDownlink(input) {
  var wish = input.data;
  var bytes = [];
  if ("report_interval" in wish) {
    var seconds = wish.report_interval;
    if (!(seconds >= 1 && seconds <= 64800)) return { errors: ["report_interval must be 1 to 64800 seconds"] };
    bytes.push(0xff, 0x03, seconds & 255, (seconds >> 8) & 255);
  }
  if (wish.reboot) bytes.push(0xff, 0x10, 0xff);
  if (!bytes.length) return { errors: ["give report_interval (seconds) or reboot: true"] };
  return { bytes: bytes, fPort: 85 };
}

function decodeDownlink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at < bytes.length; ) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0x03 && at + 4 <= bytes.length) {
      data.report_interval = unsigned(bytes.slice(at + 2, at + 4));
      at += 4;
    } else if (bytes[at] === 0xff && bytes[at + 1] === 0x10) {
      data.reboot = true;
      at += 3;
    } else {
      return { data: data, errors: ["unknown block at byte " + at] };
    }
  }
  return { data: data };
}
