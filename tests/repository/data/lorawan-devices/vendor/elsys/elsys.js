// ELSYS, the types of the example beside it, in the words that The Things Network used first.
function Decoder(bytes, port) {
  var data = {}, i = 0;
  while (i < bytes.length) {
    var type = bytes[i];
    if (type === 3) {
      data.x = (bytes[i + 1] << 24) >> 24;
      data.y = (bytes[i + 2] << 24) >> 24;
      data.z = (bytes[i + 3] << 24) >> 24;
      i += 4;
    } else if (type === 10) {
      data.pulse1 = (bytes[i + 1] << 8) | bytes[i + 2];
      i += 3;
    } else if (type === 11) {
      data.pulseAbs = (bytes[i + 1] << 24) | (bytes[i + 2] << 16) | (bytes[i + 3] << 8) | bytes[i + 4];
      i += 5;
    } else {
      i = bytes.length;
    }
  }
  return data;
}
