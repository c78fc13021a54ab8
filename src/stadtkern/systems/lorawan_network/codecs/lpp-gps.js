// Cayenne LPP with one GPS record: channel, 0x88, latitude and longitude in 0.0001 degrees, altitude
// in 0.01 m; three bytes each, signed, most significant first.
function decodeUplink(input) {
  var bytes = input.bytes;
  if (bytes.length !== 11 || bytes[1] !== 0x88) {
    return { errors: ["not one GPS record of Cayenne LPP"] };
  }
  function signed(at) {
    var value = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    return value & 0x800000 ? value - 0x1000000 : value;
  }
  return {
    data: {
      latitude: signed(2) / 10000,
      longitude: signed(5) / 10000,
      altitude: signed(8) / 100,
    },
  };
}
