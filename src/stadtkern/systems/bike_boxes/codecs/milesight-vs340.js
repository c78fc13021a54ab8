// Milesight VS340: an occupancy sensor (infrared) that looks at one spot.
//
// Each part of a message has a channel, a type, and its value:
// 01 75  battery, 1 byte in percent
// 03 00  occupancy, 1 byte: 0 vacant, 1 occupied

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  for (var at = 0; at + 2 < bytes.length; at += 3) {
    var sign = (bytes[at] << 8) | bytes[at + 1];
    if (sign === 0x0175) data.battery = bytes[at + 2];
    else if (sign === 0x0300) data.occupied = bytes[at + 2] === 1;
    else break;
  }
  if (Object.keys(data).length === 0) return { errors: ["the message tells nothing of occupancy"] };
  return { data: data };
}
