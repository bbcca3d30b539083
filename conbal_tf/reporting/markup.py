"""HTML and SVG as values: what is text is escaped, unless it was made by `tag` or a template."""

from typing import Any

from markupsafe import Markup, escape


def tag(name: str, /, *children: str, **attributes: Any) -> Markup:
    """Returns an element; children that are no `Markup` are text and are escaped.

    >>> tag("text", "a < b", tag("title", "!"), class_="tick", text_anchor="end", y=None)
    Markup('<text class="tick" text-anchor="end">a &lt; b<title>!</title></text>')

    Args:
        name: of the element.
        children: what stands in it.
        attributes: `class_` gives `class`, `text_anchor` gives `text-anchor`; None is left out.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{shown}>{Markup().join(children)}</{name}>")
