"""How parent and worker process talk: frames over two pipes."""

import struct

# kind, length of the codec's name, length of the function's name, length of the body
REQUEST = struct.Struct(">cHHI")
# kind, CPU seconds used so far, length of the body
REPLY = struct.Struct(">cdI")

# Requests. A source is learned once under its codec's name; a call names the codec.
LEARN, FORGET = b"L", b"F"
# Calls: in a fresh context; in a shared one as soon as that pays, or at once; with a trace.
FRESH, SHARED, FORCED, TRACED = b"R", b"S", b"P", b"T"

# Replies: the result as JSON; a sentence; two for stopped codecs; a trace as JSON.
RESULT, PROBLEM, TIME, MEMORY, TRACE = b"J", b"P", b"t", b"m", b"T"
