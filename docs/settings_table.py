"""A directive for settings: a table of the fields of a frozen dataclass, with flags, defaults and their docstrings."""

import importlib
from dataclasses import fields, is_dataclass
from typing import Literal, get_args, get_origin, get_type_hints

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective


class SettingsTable(SphinxDirective):
    """`{settings-table} conbal_tf.settings.schema.Data` with the option `section`, which stands before each flag."""

    required_arguments = 1
    option_spec = {"section": str}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Returns the table."""
        prefix = f"{self.options['section']}." if "section" in self.options else ""
        parsed = nodes.Element()
        self.state.nested_parse(StringList(table(self.arguments[0], prefix), self.arguments[0]), 0, parsed)
        return parsed.children


def table(path: str, prefix: str = "") -> list[str]:
    """Returns the lines of a Markdown table, a row for each field that is no section of its own.

    Args:
        path: the dataclass, with its module.
        prefix: what stands before each field's name in a flag, with its dot.

    >>> table("conbal_tf.settings.methods.Ohem", "ohem.")[2]
    '| `--ohem.hardest_share` | 0.7 | Share of the global batch that is learnt from. |'
    """
    module, _, name = path.rpartition(".")
    kind = getattr(importlib.import_module(module), name)
    docs, types, defaults = ModuleAnalyzer.for_module(module).find_attr_docs(), get_type_hints(kind), kind()
    rows = []
    for field in (field.name for field in fields(kind) if not is_dataclass(types[field.name])):
        what = _one_line(docs[name, field]) + _words(types[field])
        rows.append(f"| `--{prefix}{field}` | {_written(getattr(defaults, field))} | {what} |")
    return ["| setting | default | what it is |", "| --- | --- | --- |", *rows]


def _written(default: object) -> str:
    """Returns a default as a user writes it."""
    return " ".join(default) if isinstance(default, tuple) else "–" if default is None else str(default)


def _words(annotation: object) -> str:
    """Returns the words that are allowed, where they are a few."""
    words = get_args(annotation) if get_origin(annotation) is Literal else ()
    return f" One of {', '.join(f'`{word}`' for word in words)}." if words else ""


def _one_line(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines).strip().replace("|", "\\|").replace("<", "\\<")


def setup(app: Sphinx) -> None:
    """Called by Sphinx when it begins."""
    app.add_directive("settings-table", SettingsTable)
