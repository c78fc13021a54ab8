"""The demo city's news: invented, and labelled so."""

import random
import tomllib
from datetime import timedelta
from pathlib import Path

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Area
from stadtkern.systems.news.models import Article

FILE = Path(__file__).parent / "demo_data" / "news.toml"
PLAIN = ("slug", "theme", "title", "title_en", "text", "text_en")


def fill(rng: random.Random) -> None:
    """Add what is missing; a second run changes nothing. Nothing is left to chance."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    areas = {one.name: one for one in Area.objects.filter(kind="district")}
    known = set(Article.objects.values_list("slug", flat=True))
    for row in told["article"]:
        if row["slug"] in known:
            continue
        begins = clock.now() - timedelta(hours=row["ago"])
        Article.objects.create(
            **{name: row[name] for name in PLAIN}, state="public", begins=begins,
            ends=begins + timedelta(days=row["days"]) if "days" in row else None,
            warning=row.get("warning", False), area=areas.get(row.get("district", "")),
            invented=True,
        )  # fmt: skip
