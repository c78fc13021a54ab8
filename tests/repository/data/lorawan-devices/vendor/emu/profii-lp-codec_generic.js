// EMU Professional II, the registers of the examples beside it.
var REGISTERS = { 3: "ActiveEnergyImportT1", 4: "ActiveEnergyImportT2", 5: "ActiveEnergyExportT1", 6: "ActiveEnergyExportT2" };
var RATIOS = { 243: "current-transformerprimary", 244: "current-transformersecondary", 245: "voltage-transformerprimary", 246: "voltage-transformersecondary" };

function little(bytes, place, length) {
  var value = 0;
  for (var i = length - 1; i >= 0; i--) value = value * 256 + bytes[place + i];
  return value;
}

function decodeUplink(input) {
  var b = input.bytes, data = { timeStamp: little(b, 0, 4), medium: { type: 1, desc: "Electricity" } }, i = 4;
  while (i < b.length - 1) {
    var type = b[i++];
    if (type === 1) {
      data.timestamp = { unit: "seconds", value: little(b, i, 4) };
      i += 4;
    } else if (REGISTERS[type]) {
      data[REGISTERS[type]] = { unit: "Wh", value: little(b, i, 4) };
      i += 4;
    } else if (RATIOS[type]) {
      data[RATIOS[type]] = { value: little(b, i, 2) };
      i += 2;
    } else if (type === 241) {
      data["serial-number"] = { value: ("0000000" + little(b, i, 4).toString(16)).slice(-8) };
      i += 4;
    } else if (type === 247) {
      data["meter-typ"] = { value: b[i] };
      i += 1;
    } else if (type === 248) {
      data.MIDyear = { value: b.slice(i, i + 4).join("") };
      i += 4;
    } else {
      return { errors: ["unknown register " + type] };
    }
  }
  return { data: data };
}
