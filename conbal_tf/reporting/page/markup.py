"""HTML and SVG as values: what is text is escaped, unless it was made by `tag`."""

import html
import json
from collections.abc import Iterable, Sequence
from typing import Any


class Html(str):
    """Markup that is whole and safe: it goes into other markup as it is."""


def tag(name: str, /, *children: str, **attributes: Any) -> Html:
    """Returns an element; children that are no `Html` are text and are escaped.

    >>> tag("p", "a < b", tag("b", "!"), class_="lead", data_run=1, hidden=None)
    '<p class="lead" data-run="1">a &lt; b<b>!</b></p>'

    Args:
        name: of the element.
        children: what stands in it.
        attributes: `class_` gives `class`, `data_run` gives `data-run`; None is left out, True has no value.
    """
    shown = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Html:
    """Returns markup side by side; what is no `Html` is escaped."""
    return Html("".join(child if isinstance(child, Html) else html.escape(child) for child in children))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, class_: str = "") -> Html:
    """Returns a table in a box that scrolls by itself; the first cell of each row is its heading.

    Args:
        head: headings of the columns.
        rows: cells, as many as headings.
        caption: what the table shows; for those who only hear it.
        class_: of the table.
    """
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(cell if _is_cell(cell) else tag("td", cell) for cell in row[1:]))
        for row in rows
    ]
    inner = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", title, scope="col") for title in head))),
        tag("tbody", *body),
        class_=class_ or None,
    )
    return scroller(inner, caption)


def scroller(content: Html, label: str) -> Html:
    """Returns a box that scrolls sideways where what is in it is too wide, by keyboard as well."""
    return tag("div", content, class_="scroller", role="region", aria_label=label, tabindex="0")


def folded(summary: str, *content: str) -> Html:
    """Returns something to be unfolded."""
    return tag("details", tag("summary", summary), *content)


def lead(*sentences: str) -> Html:
    """Returns the sentences that say what one should see, above a chart; empty ones are left out."""
    return tag("p", " ".join(sentence for sentence in sentences if sentence), class_="lead")


def note(text: str) -> Html:
    """Returns how something was made, in small letters."""
    return tag("p", text, class_="note")


def command(text: str) -> Html:
    """Returns a command as one types it, which breaks between its words alone where there is room for them."""
    first, *others = text.split(" ")
    return tag("code", tag("span", first), *(piece for word in others for piece in (" ", tag("span", word))))


def data_block(identity: str, value: Any) -> Html:
    """Returns values for the script, in a block that holds no markup whatever the texts in it say."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return tag("script", Html(text), type="application/json", id=identity)


def _is_cell(child: str) -> bool:
    return isinstance(child, Html) and child.startswith("<td")


def _attribute(key: str, value: Any) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'


VOID = frozenset(("br", "img", "meta", "link", "hr"))
