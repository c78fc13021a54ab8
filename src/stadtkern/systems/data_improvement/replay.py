"""`python -m stadtkern.systems.data_improvement.replay recipe.json rows.jsonl > new.jsonl`.

Applies a published recipe to the published rows before it and says whether what comes out is, byte
for byte, what the city publishes. Needs neither database nor settings.
"""

import sys
from pathlib import Path

import msgspec

from stadtkern.systems.data_improvement import recipes


def main(arguments: list[str]) -> int:
    """0 where the result is the published one, 1 where it is not, 2 where it cannot be tried."""
    if len(arguments) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        recipe = recipes.read(Path(arguments[0]).read_bytes())
        rows = [msgspec.json.decode(line) for line in Path(arguments[1]).read_bytes().splitlines()]
    except (OSError, msgspec.DecodeError) as problem:
        sys.stderr.write(f"Cannot read it: {problem}\n")
        return 2
    outcome = recipes.replay(recipe, recipe.columns, rows)
    for row in outcome.rows:
        sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
    digest = recipes.digest_of(outcome.rows)
    same = digest == recipe.result.get("digest")
    sys.stderr.write(f"{digest} {'is' if same else 'is NOT'} the published result.\n")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
