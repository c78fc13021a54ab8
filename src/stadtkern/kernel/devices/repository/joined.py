"""One source out of the files that a repository names for uplinks and for downlinks."""

from collections.abc import Sequence

LONGEST = 131_072
# Its own scope: two files of one vendor often declare the same names.
SCOPE = """
// {name}
var downlinkCodec{number} = (function () {{
{source}
  return {{ {exports} }};
}})();
{functions}"""
EXPORT = '{0}: typeof {0} === "function" ? {0} : undefined'
FUNCTION = "function {0}(input) {{ return downlinkCodec{1}.{0}(input); }}\n"


def joined(uplink: str, others: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """The uplink file as it is; others, as `(name, source, functions)`, in scopes of their own."""
    return uplink + "".join(
        SCOPE.format(
            name=name,
            number=number,
            source=source,
            exports=", ".join(EXPORT.format(function) for function in functions),
            functions="".join(FUNCTION.format(function, number) for function in functions),
        )
        for number, (name, source, functions) in enumerate(others, 1)
    )
