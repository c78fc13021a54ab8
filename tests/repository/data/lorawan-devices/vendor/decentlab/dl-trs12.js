// Decentlab DL-TRS12, written from the examples beside it.
const commands = "not those of the downlink file";

function at(bytes, place) {
  return bytes[place] * 256 + bytes[place + 1];
}

function decodeUplink(input) {
  const bytes = input.bytes;
  if (bytes[0] !== 2) return { errors: ["protocol version " + bytes[0] + " is not supported"] };
  const flags = at(bytes, 3);
  const data = { protocol_version: 2, device_id: at(bytes, 1) };
  let place = 5;
  if (flags & 1) {
    const raw = at(bytes, place) / 10;
    const root = ((2.887e-9 * raw - 2.08e-5) * raw + 5.276e-2) * raw - 43.39;
    data.dielectric_permittivity = { displayName: "Dielectric permittivity", value: root * root };
    data.volumetric_water_content = { displayName: "Volumetric water content", value: raw * 3.879e-4 - 0.6956, unit: "m³⋅m⁻³" };
    data.soil_temperature = { displayName: "Soil temperature", value: (at(bytes, place + 2) - 32768) / 10, unit: "°C" };
    data.electrical_conductivity = { displayName: "Electrical conductivity", value: at(bytes, place + 4), unit: "µS⋅cm⁻¹" };
    place += 6;
  }
  if (flags & 2) {
    data.battery_voltage = { displayName: "Battery voltage", value: at(bytes, place) / 1000, unit: "V" };
  }
  return { data: data };
}
