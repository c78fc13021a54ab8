// Decentlab's commands, written from the examples beside it.
const commands = { "set period": 0x0001, "set period + save": 0x0002, "set adr off": 0x0007, reset: 0xfefe };

// CRC-16 with the polynomial 0xA001 and all bits set at the start.
function checksum(bytes) {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

function at(bytes, place) {
  return bytes[place] * 256 + bytes[place + 1];
}

function encodeDownlink(input) {
  const command = commands[input.data.command];
  if (command === undefined) return { errors: ["unknown command"] };
  const parameter = input.data.parameter || 0;
  const bytes = [command >> 8, command & 255, parameter >> 8, parameter & 255];
  const crc = checksum(bytes);
  return { bytes: bytes.concat([crc >> 8, crc & 255]), fPort: 1 };
}

function decodeDownlink(input) {
  const command = at(input.bytes, 0);
  const name = Object.keys(commands).find((key) => commands[key] === command);
  if (!name) return { errors: ["unknown command"] };
  const data = { command: name };
  if (name.startsWith("set period")) data.parameter = at(input.bytes, 2);
  return { data: data };
}
