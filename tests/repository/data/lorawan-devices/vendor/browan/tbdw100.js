// Browan TBDW100, written from the examples beside it.
function decodeUplink(input) {
  if (input.fPort !== 100) return { errors: ["unknown FPort"] };
  var b = input.bytes;
  return {
    data: {
      status: b[0] & 1,
      battery: (25 + (b[1] & 15)) / 10,
      temperatureBoard: (b[2] & 127) - 32,
      time: b[3] + b[4] * 256,
      count: b[5] + b[6] * 256 + b[7] * 65536,
    },
  };
}

function normalizeUplink(input) {
  var d = input.data;
  return { data: [{ action: { motionState: d.status }, air: { temperature: d.temperatureBoard }, battery: d.battery }] };
}
