// What a codec finds around it. Evaluated in every fresh context before the codec is loaded; its
// value is the function that decodes one message, from JSON text to JSON text.
(function () {
  var parse = JSON.parse;
  var stringify = JSON.stringify;
  var Moment = Date;
  var silent = function () {};

  globalThis.console = { log: silent, info: silent, warn: silent, error: silent, debug: silent, trace: silent };
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;

  // TS013 first, then what ChirpStack 3 and the first The Things Network called their functions.
  function entry() {
    if (typeof decodeUplink === "function") return decodeUplink;
    var exported = typeof module === "object" && module && module.exports;
    if (exported && typeof exported.decodeUplink === "function") {
      return function (input) { return exported.decodeUplink(input); };
    }
    if (typeof Decode === "function") {
      return function (input) { return { data: Decode(input.fPort, input.bytes, input.variables) }; };
    }
    if (typeof Decoder === "function") {
      return function (input) { return { data: Decoder(input.bytes, input.fPort) }; };
    }
    throw new Error("there is no function decodeUplink");
  }

  return function (text) {
    var input = parse(text);
    input.recvTime = new Moment(input.recvTime);
    return stringify(entry()(input));
  };
})()
