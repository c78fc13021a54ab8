"""What a dataset is about: theme of the EU, category of high-value data, keywords, a description.

Words of our own lists decide, unless the catalogue knows enough labelled records to learn from.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stadtkern.systems.data_improvement.finding.frame import NUMERIC, Found, Table, World

FILE: Final = Path(__file__).parent / "words.toml"
# So many labelled records, and of so many themes, before a model is asked.
TAUGHT, THEMES = 60, 4
SURE: Final = 0.45
KEYWORDS, MOST = 3, 5
SHORT: Final = 60
SEED: Final = 1


def find(table: Table, world: World) -> Iterator[Found]:
    """Proposals for what the record does not say yet; none where others describe it."""
    if not world.describable:
        return
    words = text_of_record(world.title, world.about, world.keywords, table)
    theme, method, strength = theme_of(words, world.labelled)
    if theme and theme not in world.themes:
        yield _found("theme", method, {"themes": [theme]}, {"theme": theme}, strength)
    hvd, hits = hvd_of(words)
    if hvd and not world.hvd:
        yield _found("hvd", "list", {"hvd": hvd}, {"hvd": hvd}, min(1.0, hits / 4))
    if new := keywords_of(words, world):
        said = {"words": ", ".join(new)}
        yield _found("keywords", "list", {"keywords": new}, said, 0.6)
    if len(world.about) < SHORT:
        yield _found("description", "facts", {"about": described(table, world)}, {}, 0.7)


def _found(
    name: str, method: str, to: dict[str, Any], said: dict[str, Any], strength: float
) -> Found:
    return Found(
        kind="record", method=method, action="describe", to=to, reason=f"record.{name}",
        said=said, strength=strength, parameters={"seed": SEED} if method == "model" else {},
    )  # fmt: skip


def text_of_record(title: str, about: str, keywords: Sequence[str], table: Table | None) -> str:
    """The words of a record; the title counts three times."""
    heads = [one.title or one.slug for one in table.columns] if table else []
    return " ".join([title, title, title, about, *keywords, *heads]).lower()


def _lists() -> dict[str, dict[str, list[str]]]:
    import tomllib  # noqa: PLC0415  only here

    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def hits_of(text: str, words: Sequence[str]) -> int:
    """How often one of these beginnings of words, or whole words in quotes, occurs."""
    return sum(len(re.findall(rf"\b\w*{re.escape(word)}", text)) for word in words)


def by_words(text: str) -> tuple[str, float]:
    """The theme with the most hits and its share of all hits; empty where no word is known."""
    counted = {theme: hits_of(text, words) for theme, words in _lists()["theme"].items()}
    best = max(sorted(counted), key=counted.__getitem__)
    total = sum(counted.values())
    return (best, counted[best] / total) if total else ("", 0.0)


def theme_of(text: str, labelled: Sequence[tuple[str, str]]) -> tuple[str, str, float]:
    """Theme, how it was found, and how sure that is."""
    counted = Counter(theme for _, theme in labelled)
    common = [theme for theme, count in counted.items() if count >= 5]
    if len(labelled) >= TAUGHT and len(common) >= THEMES:
        theme, sure = predicted([text], labelled)[0]
        if sure >= SURE:
            return theme, "model", sure
    theme, share = by_words(text)
    return (theme, "words", share) if share >= SURE else ("", "words", 0.0)


def predicted(texts: Sequence[str], labelled: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
    """Themes by a linear model on parts of words, taught with these records."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2),
        LogisticRegression(C=20.0, max_iter=400, class_weight="balanced", random_state=SEED),
    )
    model.fit([text for text, _ in labelled], [theme for _, theme in labelled])
    shares = model.predict_proba(list(texts))
    return [(str(model.classes_[row.argmax()]), float(row.max())) for row in shares]


def hvd_of(text: str) -> tuple[str, int]:
    """The category of Regulation (EU) 2023/138 with the most hits; two at least."""
    lists: Mapping[str, Sequence[str]] = _lists()["hvd"]
    counted = {category: hits_of(text, words) for category, words in lists.items()}
    best = max(sorted(counted), key=counted.__getitem__)
    return (best, counted[best]) if counted[best] >= 2 else ("", 0)


def keywords_of(text: str, world: World) -> list[str]:
    """Words of our list that the record uses and does not name as keywords."""
    if len(world.keywords) >= KEYWORDS:
        return []
    known = {word.lower() for word in world.keywords}
    found = [
        word for word, beginnings in _lists()["keyword"].items()
        if word.lower() not in known and hits_of(text, beginnings)
    ]  # fmt: skip
    return found[:MOST]


def described(table: Table, world: World) -> str:
    """What can be said of a table without knowing more than its rows."""
    titles = [one.title or one.slug for one in table.columns if one.kind != "geometry"]
    parts = [f"Die Tabelle hat {len(table.rows)} Zeilen mit diesen Angaben: {', '.join(titles)}."]
    if table.of_kind("geometry"):
        parts.append("Jede Zeile hat einen Ort auf der Karte.")
    for one in table.of_kind("date", "datetime")[:1]:
        days = sorted(str(value)[:10] for value in table.values(one.slug) if value)
        if days:
            parts.append(f"Die Werte reichen vom {_day(days[0])} bis zum {_day(days[-1])}.")
    if units := sorted({one.unit for one in table.of_kind(*NUMERIC) if one.unit}):
        parts.append(f"Einheiten: {', '.join(units)}.")
    return " ".join([world.about.strip(), *parts]).strip()


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{int(day)}.{int(month)}.{year}"
