// Dragino LSE01, written from the example beside it.
function signed(bytes, place) {
  var value = bytes[place] * 256 + bytes[place + 1];
  return value > 32767 ? value - 65536 : value;
}

function decodeUplink(input) {
  if (input.fPort !== 2) return { errors: ["unknown FPort"] };
  var b = input.bytes;
  return {
    data: {
      Bat: ((b[0] * 256 + b[1]) & 0x3fff) / 1000,
      TempC_DS18B20: (signed(b, 2) / 10).toFixed(1),
      water_SOIL: ((b[4] * 256 + b[5]) / 100).toFixed(2),
      temp_SOIL: (signed(b, 6) / 100).toFixed(2),
      conduct_SOIL: b[8] * 256 + b[9],
    },
  };
}
