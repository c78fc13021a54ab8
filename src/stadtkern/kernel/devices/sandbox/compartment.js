// Makes a context fit to be used again: everything that all messages would share is frozen, the
// codec's own top level runs anew for each message, and what a message leaves on the global object
// is deleted. Evaluated after the prelude; its value takes the prelude's function and the codec's.
(function host_compartment() {
  var freeze = Object.freeze, define = Object.defineProperty, describe = Object.getOwnPropertyDescriptor;
  var keys = Reflect.ownKeys, remove = Reflect.deleteProperty, parent = Object.getPrototypeOf;
  var Problem = TypeError, open = Object.isExtensible, world = globalThis, origin = parent(globalThis);

  function host_barred() { throw new Problem("not available where contexts are used again"); }

  // Ways to make code that runs on the global level, or that tell when memory is given back; and
  // two settings of the engine that are hidden behind properties.
  function host_bar() {
    [function () {}, function* () {}, async function () {}, async function* () {}].forEach(function (sample) {
      define(parent(sample), "constructor", { value: host_barred });
    });
    ["eval", "Function"].forEach(function (name) { define(world, name, { value: host_barred }); });
    ["WeakRef", "FinalizationRegistry", "queueMicrotask", "performance"].forEach(function (name) { delete world[name]; });
    ["prepareStackTrace", "stackTraceLimit"].forEach(function (name) {
      define(Error, name, { value: undefined, writable: false, configurable: false });
    });
  }

  // A frozen prototype would forbid `mine.toString = ..` to every object below it.
  function host_let_override(prototype) {
    keys(prototype).forEach(function (name) {
      var its = describe(prototype, name);
      if (!("value" in its)) return;
      define(prototype, name, {
        get: function () { return its.value; },
        set: function (value) {
          if (this === prototype) return;
          define(this, name, { value: value, writable: true, enumerable: true, configurable: true });
        },
        configurable: false,
      });
    });
  }

  // What syntax reaches without a name.
  function host_unnamed() {
    var made = [[].values(), [].values().map(String), "".matchAll(/a/g), ""[Symbol.iterator](), new Map().entries(),
      new Set().values(), function* () {}, async function () {}, async function* () {}, (function* () {})(),
      (async function* () {})(), Iterator.from({ next: String }), Int8Array];
    var thrower = describe(function () { "use strict"; return arguments; }(), "callee").get;
    return made.map(parent).concat([thrower, host_barred]);
  }

  function host_freeze(waiting) {
    var seen = new Set([world]);
    while (waiting.length) {
      var one = waiting.pop();
      if ((typeof one !== "object" && typeof one !== "function") || one === null || seen.has(one)) continue;
      seen.add(one);
      waiting.push(parent(one));
      keys(one).forEach(function (name) {
        var its = describe(one, name);
        waiting.push(its.value, its.get, its.set);
      });
      freeze(one);
    }
  }

  function host_fix(name) {
    var fixed = "value" in describe(world, name) ? { writable: false, configurable: false } : { configurable: false };
    define(world, name, fixed);
  }

  host_bar();
  [Object, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].forEach(function (kind) {
    host_let_override(kind.prototype);
  });
  var known = Object.create(null), names = keys(world);
  host_freeze(names.map(function (name) { return world[name]; }).concat(host_unnamed()));
  names.forEach(function (name) { known[name] = true; host_fix(name); });

  // Whether the world is again as it was.
  function host_clean() {
    var now = keys(world);
    for (var i = 0; now.length !== names.length && i < now.length; i++) {
      if (!known[now[i]] && !remove(world, now[i])) return false;
    }
    return parent(world) === origin && open(world);
  }

  return function host_prepare(host, codec) {
    return function host_again(call, given) {
      if (call === "clean") return host_clean();
      var module = { exports: {} };
      var own = codec(module, module.exports);
      return host("again", own, module, call, given);
    };
  };
})()
