"""How the house's docstrings are read: equations as they stand, and the arguments of Keras's classes."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.util import inspect


def constructor(app: Sphinx, what: str, name: str, obj: type, *_: Any) -> tuple[str, None] | None:
    """Returns the arguments of a class's own constructor: Keras's `__new__`, which takes anything, hides them."""
    if what != "class" or "__init__" not in vars(obj):
        return None
    own = inspect.signature(vars(obj)["__init__"], bound_method=True)
    return inspect.stringify_signature(own, show_return_annotation=False, unqualified_typehints=True), None


def equations_literally(app: Sphinx, what: str, name: str, obj: object, *rest: Any) -> None:
    """Marks what stands indented behind a colon and an empty line, as equations do: bars and stars are no markup."""
    lines: list[str] = rest[-1]  # changed in place, as Sphinx wants it
    for number, (line, empty, indented) in enumerate(zip(lines, lines[1:], lines[2:], strict=False)):
        if line.endswith(":") and not empty and indented.startswith("    "):
            lines[number] = line + ":"


def setup(app: Sphinx) -> None:
    """Called by Sphinx when it begins."""
    app.connect("autodoc-process-signature", constructor)
    app.connect("autodoc-process-docstring", equations_literally)
