// What a codec finds around it. Evaluated in every context before the codec; its value is the one
// function by which the worker calls. All are named host_.., which tells their lines from the codec's.
(function host_prelude() {
  var parse = JSON.parse;
  var stringify = JSON.stringify;
  var Moment = Date;
  var text = String;
  var LINES = 200, LONGEST = 500;
  var said = null;

  function host_words(value) {
    if (typeof value === "string") return value;
    try { return stringify(value) || text(value); } catch (problem) { return "[" + typeof value + "]"; }
  }

  // Silent unless somebody listens.
  function host_say() {
    if (said === null || said.length >= LINES) return;
    var line = "";
    for (var i = 0; i < arguments.length && i < 20; i++) line += (i ? " " : "") + host_words(arguments[i]);
    said[said.length] = line.slice(0, LONGEST);
  }

  globalThis.console = { log: host_say, info: host_say, warn: host_say, error: host_say, debug: host_say, trace: host_say };
  globalThis.module = { exports: {} };
  globalThis.exports = globalThis.module.exports;

  // What is not declared may be exported.
  function host_complete(own, module) {
    var exported = typeof module === "object" && module && module.exports;
    for (var name in own) {
      if (!own[name] && exported && typeof exported[name] === "function") own[name] = host_method(exported, name);
    }
    return own;
  }

  function host_method(object, name) {
    return function host_exported(a, b, c) { return object[name](a, b, c); };
  }

  // TS013 first, then what ChirpStack 3 and the first The Things Network called their functions.
  function host_uplink(own, input) {
    if (own.decodeUplink) return (0, own.decodeUplink)(input);
    if (own.Decode) return { data: (0, own.Decode)(input.fPort, input.bytes, input.variables) };
    if (own.Decoder) return { data: (0, own.Decoder)(input.bytes, input.fPort) };
    throw new Error("there is no function decodeUplink");
  }

  function host_encode(own, input) {
    if (own.encodeDownlink) return (0, own.encodeDownlink)(input);
    if (own.Encode) return { bytes: (0, own.Encode)(input.fPort, input.data, input.variables), fPort: input.fPort };
    if (own.Encoder) return { bytes: (0, own.Encoder)(input.data, input.fPort), fPort: input.fPort };
    throw new Error("there is no function encodeDownlink");
  }

  function host_downlink(own, input) {
    if (own.decodeDownlink) return (0, own.decodeDownlink)(input);
    throw new Error("there is no function decodeDownlink");
  }

  function host_normalized(own, data) {
    try {
      return (0, own.normalizeUplink)({ data: data });
    } catch (problem) {
      return { errors: [text(problem)] };
    }
  }

  // Text that was put together piece by piece would be no plain string: it is written in one go.
  // What normalizing does to the data must not reach the result, so it is written before.
  function host_decoded(own, input) {
    var output = host_uplink(own, input);
    if (!own.normalizeUplink || !output || !output.data || (output.errors && output.errors.length)) return stringify([output]);
    var written = parse(stringify(output));
    return stringify([written, host_normalized(own, output.data)]);
  }

  function host_answer(own, call, given) {
    var input = parse(given);
    if (call === "encodeDownlink") return stringify([host_encode(own, input)]);
    if (call === "decodeDownlink") return stringify([host_downlink(own, input)]);
    input.recvTime = new Moment(input.recvTime);
    return host_decoded(own, input);
  }

  // OWN is put in by the worker: an object of all known functions that the codec declares.
  function host_declared() { return OWN; }

  function host_run(call, given) {
    return host_answer(host_complete(host_declared(), typeof module === "undefined" ? null : module), call, given);
  }

  function host_again(own, module, call, given) { return host_answer(host_complete(own, module), call, given); }

  function host_listen() { said = []; }

  function host_heard() { return stringify(said); }

  var doors = { run: host_run, again: host_again, listen: host_listen, heard: host_heard };

  return function host_door(name, a, b, c, d) { return (0, doors[name])(a, b, c, d); };
})()
