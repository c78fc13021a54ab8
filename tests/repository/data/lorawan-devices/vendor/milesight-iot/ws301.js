// Milesight WS301, written from the examples beside it.
function decodeUplink(input) {
  var data = {};
  for (var i = 0; i + 2 < input.bytes.length; i += 3) {
    var kind = input.bytes[i], value = input.bytes[i + 2];
    if (kind === 1) data.battery = value;
    if (kind === 3) data.door = value ? "open" : "close";
    if (kind === 4) data.install = value ? "no" : "yes";
  }
  return { data: data };
}
