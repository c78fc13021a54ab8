import ast
import re
from pathlib import Path

from babel.messages import pofile
from django.utils.translation.template import templatize

import stadtkern.site.dashboard

SITE = Path(stadtkern.site.dashboard.__file__).parent.parent
CALL = re.compile(r"\bn?gettext\((u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")")
MARKERS = {"_", "gettext", "gettext_lazy", "ngettext"}


def in_templates():
    for path in (SITE / "templates" / "site").rglob("*.html"):
        for found in CALL.finditer(templatize(path.read_text(encoding="utf-8"))):
            yield ast.literal_eval(found[1])


def in_code():
    for path in (*(SITE / "dashboard").glob("*.py"), *(SITE / "api").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
                yield node.args[0].value


def test_every_text_of_the_site_has_a_german_translation():
    with (SITE / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = pofile.read_po(file)
    wanted = {*in_templates(), *in_code()}
    assert len(wanted) > 50
    known = {m.id[0] if isinstance(m.id, tuple) else m.id: m.string for m in catalogue if m.id}
    assert wanted - set(known) == set()
    assert [key for key, text in known.items() if not all(text)] == []
    assert set(known) - wanted == set()
