// Milesight VS133: people counted across up to four lines and in up to four regions.
//
// A message is a row of blocks: channel (1 byte), type (1 byte), value (little-endian).
// Line n (from 0) has three channels: 3+3n type D2 total in (4), 4+3n type D2 total out (4),
// 5+3n type CC in and out of the last period (2 + 2). 0F E3 people in each region (4 x 1),
// 10 E4 region number (1), average and longest stay in seconds (2 + 2).
// FF .. facts about the device, whose lengths are needed to step over them.

var LINES = 4;
var FACTS = { 0x01: 1, 0x09: 2, 0x0a: 2, 0x0b: 1, 0x0f: 1, 0x16: 8, 0x1f: 4, 0xfe: 1, 0xff: 2 };

function unsigned(bytes) {
  return bytes.reduceRight(function (value, byte) { return value * 256 + byte; }, 0);
}

function total(name) {
  return [4, function (data, value) { data[name] = unsigned(value); }];
}

function period(line) {
  return [4, function (data, value) {
    data[line + "_period_in"] = unsigned(value.slice(0, 2));
    data[line + "_period_out"] = unsigned(value.slice(2));
  }];
}

function lineBlock(channel, type) {
  var line = "line_" + (Math.floor((channel - 3) / 3) + 1);
  var kind = channel % 3;
  if (kind === 2) return type === 0xcc ? period(line) : null;
  return type === 0xd2 ? total(line + (kind === 0 ? "_total_in" : "_total_out")) : null;
}

var REGION_COUNT = [4, function (data, value) {
  value.forEach(function (count, index) { data["region_" + (index + 1) + "_count"] = count; });
}];

var REGION_DWELL = [5, function (data, value) {
  data["region_" + value[0] + "_avg_dwell"] = unsigned(value.slice(1, 3));
  data["region_" + value[0] + "_max_dwell"] = unsigned(value.slice(3));
}];

function block(channel, type) {
  if (channel >= 3 && channel < 3 + 3 * LINES) return lineBlock(channel, type);
  if (channel === 0x0f && type === 0xe3) return REGION_COUNT;
  if (channel === 0x10 && type === 0xe4) return REGION_DWELL;
  return channel === 0xff && type in FACTS ? [FACTS[type], function () {}] : null;
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at < bytes.length; ) {
    var found = bytes.length > at + 1 && block(bytes[at], bytes[at + 1]);
    if (!found) return { data: data, warnings: ["unknown block at byte " + at] };
    var value = bytes.slice(at + 2, at + 2 + found[0]);
    if (value.length < found[0]) return { data: data, errors: ["the message ends inside a block at byte " + at] };
    found[1](data, value);
    at += 2 + found[0];
  }
  return { data: data };
}
