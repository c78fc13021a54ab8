"""Every change of a board is a new version, with its entry in the audit log."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.site.boards import blocks
from stadtkern.site.boards.blocks import Block
from stadtkern.site.boards.models import Board, Version

KEPT = 200
WORDS = ("title", "title_en", "about", "about_en")


class Overtaken(Exception):
    """Somebody else has changed the board since this person read it."""

    def __str__(self) -> str:
        return _("Somebody else has changed this board meanwhile. Please look at it once more.")


def newest(board: Board) -> Version:
    """What staff work on."""
    found = board.versions.first()
    assert found is not None
    return found


@transaction.atomic
def create(person: Account, slug: str, words: dict[str, str]) -> Board:
    """A new, empty board at the end of the list."""
    last = Board.objects.aggregate(last=Max("position"))["last"] or 0
    board = Board.objects.create(slug=slug, position=last + 1)
    Version.objects.create(board=board, number=1, author=person.username, **words)
    record(person, "boards.create", board, title=words["title"])
    return board


def reword(person: Account, board: Board, base: int, words: dict[str, str]) -> Version:
    """Another title or sentence."""
    return change(person, board.pk, base, lambda found: found, words=words)


@transaction.atomic
def change(
    person: Account, number: int, base: int, alter: Callable[[list[Block]], Sequence[Block]],
    words: dict[str, str] | None = None, verb: str = "boards.change",
) -> Version:  # fmt: skip
    """The blocks after `alter`, as a new version. Raises Overtaken where `base` is old."""
    board = get_object_or_404(Board.objects.select_for_update(), pk=number)
    old = newest(board)
    if old.number != base:
        raise Overtaken
    said = words or {name: getattr(old, name) for name in WORDS}
    rows = blocks.stored(alter(blocks.read(old.blocks)))
    return _add(person, board, old.number, said, rows, verb)


@transaction.atomic
def restore(person: Account, number: int, wanted: int) -> Version:
    """An earlier version once more, as the newest."""
    board = get_object_or_404(Board.objects.select_for_update(), pk=number)
    old = get_object_or_404(board.versions, number=wanted)
    said = {name: getattr(old, name) for name in WORDS}
    return _add(person, board, newest(board).number, said, old.blocks, "boards.restore")


def _add(
    person: Account, board: Board, last: int, words: dict[str, str], rows: Any, verb: str
) -> Version:
    made = Version.objects.create(
        board=board, number=last + 1, author=person.username, blocks=rows, **words
    )
    old = board.versions.filter(number__lte=made.number - KEPT)
    if board.published_id:
        old = old.exclude(pk=board.published_id)
    old.delete()
    record(person, verb, board, title=made.title, version=made.number)
    return made


@transaction.atomic
def publish(person: Account, number: int) -> Board:
    """From now on everybody sees the newest version."""
    board = get_object_or_404(Board.objects.select_for_update(), pk=number)
    board.published = newest(board)
    board.save(update_fields=["published"])
    record(person, "boards.publish", board, version=board.published.number)
    return board


@transaction.atomic
def unpublish(person: Account, number: int) -> Board:
    """Nobody sees it any more but staff."""
    board = get_object_or_404(Board.objects.select_for_update(), pk=number)
    board.published = None
    board.save(update_fields=["published"])
    record(person, "boards.unpublish", board)
    return board


@transaction.atomic
def move(person: Account, number: int, by: int) -> None:
    """One place up or down in the list."""
    order = list(Board.objects.select_for_update())
    at = next((i for i, one in enumerate(order) if one.pk == number), -1)
    if at < 0 or not 0 <= at + by < len(order):
        return
    order[at], order[at + by] = order[at + by], order[at]
    for i, one in enumerate(order, start=1):
        one.position = i
    Board.objects.bulk_update(order, ["position"])
    record(person, "boards.order", order[at + by])


@transaction.atomic
def remove(person: Account, number: int) -> None:
    """A board that is not published, with all its versions."""
    board = get_object_or_404(Board.objects.select_for_update(), pk=number, published=None)
    title = newest(board).title
    record(person, "boards.remove", board, title=title, slug=board.slug)
    board.delete()
