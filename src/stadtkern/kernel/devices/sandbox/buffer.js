// The part of Node's Buffer that codecs use; evaluated only for a codec that names it.
(function () {
  function fromHex(text) {
    return (text.match(/[0-9a-f]{2}/gi) || []).map(function (pair) { return parseInt(pair, 16); });
  }

  function fromText(text) {
    return unescape(encodeURIComponent(text)).split("").map(function (sign) { return sign.charCodeAt(0); });
  }

  class Buffer extends Uint8Array {
    static from(value, encoding) {
      if (typeof value === "string") value = encoding === "hex" ? fromHex(value) : fromText(value);
      var made = new Buffer(value.length);
      made.set(value);
      return made;
    }

    static alloc(length) { return new Buffer(length); }

    static isBuffer(value) { return value instanceof Buffer; }

    // A view, as in Node, not a copy as in Uint8Array.
    slice(start, end) { return this.subarray(start, end); }

    toString(encoding) {
      if (encoding === "hex") {
        return Array.from(this, function (byte) { return (256 + byte).toString(16).slice(1); }).join("");
      }
      var text = Array.from(this, function (byte) { return String.fromCharCode(byte); }).join("");
      return encoding === "ascii" || encoding === "latin1" ? text : decodeURIComponent(escape(text));
    }

    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
  }

  function reader(name, little) {
    return function (at) {
      return new DataView(this.buffer, this.byteOffset, this.byteLength)["get" + name](at || 0, little);
    };
  }

  [["UInt", "Uint"], ["Int", "Int"]].forEach(function (kind) {
    Buffer.prototype["read" + kind[0] + "8"] = reader(kind[1] + "8");
    [16, 32].forEach(function (bits) {
      Buffer.prototype["read" + kind[0] + bits + "LE"] = reader(kind[1] + bits, true);
      Buffer.prototype["read" + kind[0] + bits + "BE"] = reader(kind[1] + bits, false);
    });
  });
  [["Float", "Float32"], ["Double", "Float64"]].forEach(function (kind) {
    Buffer.prototype["read" + kind[0] + "LE"] = reader(kind[1], true);
    Buffer.prototype["read" + kind[0] + "BE"] = reader(kind[1], false);
  });
  Object.getOwnPropertyNames(Buffer.prototype).forEach(function (name) {
    if (/^readUInt/.test(name)) Buffer.prototype[name.replace("UInt", "Uint")] = Buffer.prototype[name];
  });

  globalThis.Buffer = Buffer;
})();
