// Decentlab DL-PM: particulate matter, air temperature, humidity and pressure.
//
// Protocol version (1 byte, always 2), device id (2), flags (2) saying which groups follow, then
// the groups as big-endian 16-bit words. Every value is {displayName, value, unit}.

function tenth(word) {
  return word / 10;
}

function mass(size) {
  return ["pm" + size.replace(".", "_") + "_mass_concentration", "PM" + size + " mass concentration", "µg⋅m⁻³", tenth];
}

// The vendor's recorded examples give particle numbers no unit; it is 1/cm³.
function number(size) {
  return ["pm" + size.replace(".", "_") + "_number_concentration", "PM" + size + " number concentration", null, tenth];
}

var GROUPS = [
  [["battery_voltage", "Battery voltage", "V", function (word) { return word / 1000; }]],
  [
    mass("1.0"), mass("2.5"), mass("4"), mass("10"),
    ["typical_particle_size", "Typical particle size", "nm", function (word) { return word; }],
    number("0.5"), number("1.0"), number("2.5"), number("4"), number("10"),
  ],
  [
    ["air_temperature", "Air temperature", "°C", function (word) { return (175.72 * word) / 65536 - 46.85; }],
    ["air_humidity", "Air humidity", "%", function (word) { return (125 * word) / 65536 - 6; }],
  ],
  [["barometric_pressure", "Barometric pressure", "Pa", function (word) { return word * 2; }]],
];

function described(field, word) {
  var value = { displayName: field[1], value: field[3](word) };
  if (field[2]) value.unit = field[2];
  return value;
}

function present(flags) {
  return [].concat.apply([], GROUPS.filter(function (_, bit) { return (flags >> bit) & 1; }));
}

function decodeUplink(input) {
  var bytes = input.bytes;
  function word(at) { return (bytes[at] << 8) | bytes[at + 1]; }
  if (bytes[0] !== 2) return { errors: ["protocol version " + bytes[0] + " is not 2"] };
  var fields = present(word(3));
  if (bytes.length < 5 + 2 * fields.length) return { errors: ["the message is too short"] };
  var data = { protocol_version: 2, device_id: word(1) };
  fields.forEach(function (field, index) { data[field[0]] = described(field, word(5 + 2 * index)); });
  return { data: data };
}
