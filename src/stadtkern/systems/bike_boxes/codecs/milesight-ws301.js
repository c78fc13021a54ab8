// Milesight WS301: a magnet contact at a door, open or closed.
//
// Each part of a message has a channel, a type, and its value:
// 01 75  battery, 1 byte in percent
// 03 00  door, 1 byte: 0 closed, 1 open
// 04 00  mounting, 1 byte: 0 in its place, 1 taken off
//
// Other channels begin with ff (serial number, versions) and end what is read here.

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at + 2 < bytes.length; at += 3) {
    var sign = (bytes[at] << 8) | bytes[at + 1];
    if (sign === 0x0175) data.battery = bytes[at + 2];
    else if (sign === 0x0300) data.open = bytes[at + 2] === 1;
    else if (sign === 0x0400) data.takenOff = bytes[at + 2] === 1;
    else break;
  }
  if (Object.keys(data).length === 0) return { errors: ["the message tells nothing of a door"] };
  return { data: data };
}
