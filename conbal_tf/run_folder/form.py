"""What a value of a file may be: forms of numbers, texts, lists and objects, and where a value has another."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from conbal_tf.run_folder.damage import shortened


@dataclass(frozen=True)
class Kind:
    """A single value."""

    title: str
    """As a sentence calls it."""
    holds: Callable[[Any], bool]


@dataclass(frozen=True)
class Each:
    """An object whose names are free, such as classes."""

    form: "Form"
    """Of each value."""


@dataclass(frozen=True)
class Maybe:
    """A value that may be null."""

    form: "Form"
    """What it is otherwise."""


@dataclass(frozen=True)
class Columns:
    """An object of lists that are equally long, at least 1."""

    columns: Mapping[str, Kind]
    """Name to the form of each of its values; with ? at its end where it may be missing."""


Form: TypeAlias = Kind | Each | Maybe | Columns | list["Form"] | tuple["Form", ...] | Mapping[str, "Form"]
"""A list has one form for all its items, a tuple one for each; a dict has the fields of an object, with ? at the end of
the name where one may be missing. What else an object holds does not matter: newer versions write more."""


def _is_number(value: Any) -> bool:
    # To Python, true is a whole number.
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


TEXT = Kind("a text", lambda value: isinstance(value, str))
TRUTH = Kind("true or false", lambda value: isinstance(value, bool))
NUMBER = Kind("a number", _is_number)
ABOVE_0 = Kind("a number above 0", lambda value: _is_number(value) and value > 0)
COUNT = Kind("a whole number of at least 0", lambda value: _is_number(value) and isinstance(value, int) and value >= 0)
WHOLE = Kind("a whole number", lambda value: _is_number(value) and isinstance(value, int))
_LIST = Kind("a list", lambda value: isinstance(value, list))
_OBJECT = Kind("an object", lambda value: isinstance(value, dict))


@dataclass(frozen=True)
class Misfit:
    """The first value that does not have its form."""

    received: str
    allowed: str


def misfit(value: Any, form: Form, place: str = "") -> Misfit | None:
    """Returns where a value does not have its form, None where it has.

    Args:
        value: as JSON or TOML is read.
        form: what it is to be.
        place: how to call it, as a.b.

    >>> misfit({"a": {"b": "1"}}, {"a": {"b": NUMBER}})
    Misfit(received="'1' as a.b", allowed='a number there')
    """
    match form:
        case Kind():
            return None if form.holds(value) else _wrong(value, form, place)
        case Maybe():
            return None if value is None else misfit(value, form.form, place)
        case Each():
            fields = {name: form.form for name in value} if isinstance(value, dict) else {}
            return _of_kind(value, _OBJECT, place) or _first(value, fields, place)
        case Columns():
            return _of_kind(value, _OBJECT, place) or _of_columns(value, form, place)
        case Mapping():
            return _of_kind(value, _OBJECT, place) or _of_fields(value, form, place)
    # A list or a tuple is what is left.
    if wrong := _of_kind(value, _LIST, place):
        return wrong
    if isinstance(form, tuple) and len(value) != len(form):
        return Misfit(f"a list of {len(value)} as {place}", f"one of {len(form)} there")
    items = dict(enumerate(value))
    return _first(items, dict(enumerate(form)) if isinstance(form, tuple) else dict.fromkeys(items, form[0]), place)


def _of_fields(value: Mapping[str, Any], form: Mapping[str, Form], place: str) -> Misfit | None:
    fields = {name.removesuffix("?"): its for name, its in form.items()}
    missing = [name for name in form if not name.endswith("?") and name not in value]
    if missing:
        return Misfit(f"no {_inside(place, missing[0])}", f"a file with {', '.join(map(_named(place), form))}")
    return _first(value, {name: its for name, its in fields.items() if name in value}, place)


def _of_columns(value: Mapping[str, Any], form: Columns, place: str) -> Misfit | None:
    there = [name.removesuffix("?") for name in form.columns if name.removesuffix("?") in value]
    if wrong := _of_fields(value, {name: [kind] for name, kind in form.columns.items()}, place):
        return wrong
    lengths = {len(value[name]) for name in there}
    if len(lengths) == 1 and 0 not in lengths:
        return None
    return Misfit(f"lists of {sorted(lengths)} values in {place}", "lists of equal length there, at least 1")


def _first(values: Mapping[Any, Any], forms: Mapping[Any, Form], place: str) -> Misfit | None:
    found = (misfit(values[name], form, _inside(place, name)) for name, form in forms.items())
    return next((wrong for wrong in found if wrong), None)


def _of_kind(value: Any, kind: Kind, place: str) -> Misfit | None:
    return None if kind.holds(value) else _wrong(value, kind, place)


def _wrong(value: Any, kind: Kind, place: str) -> Misfit:
    return Misfit(
        f"{shortened(repr(value), 60)}{f' as {place}' * bool(place)}", f"{kind.title}{' there' * bool(place)}"
    )


def _inside(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _named(place: str) -> Callable[[str], str]:
    return lambda name: _inside(place, name.removesuffix("?"))
