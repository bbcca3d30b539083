"""The dataclasses against the tables of names."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from conbal_tf.settings import choices
from conbal_tf.settings.comparing import Comparing
from conbal_tf.settings.evaluating import Evaluating
from conbal_tf.settings.methods import TRAITS
from conbal_tf.settings.reproduction import Reproduction
from conbal_tf.settings.schema import Settings


def settings_with_choices() -> list[tuple[str, Any, tuple[str, ...]]]:
    found = []
    for part in [Settings(), *(value for value in vars(Settings()).values() if is_dataclass(value))]:
        for name, hint in get_type_hints(type(part)).items():
            inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
            if get_origin(inner) is Literal:
                found.append((f"{type(part).__name__}.{name}", getattr(part, name), get_args(inner)))
    return found


@pytest.mark.parametrize(("name", "default", "allowed"), settings_with_choices())
def test_default_is_one_of_the_choices(name: str, default: Any, allowed: tuple[str, ...]) -> None:
    assert set(default if isinstance(default, tuple) else (default,)) <= set(allowed)


def test_every_choice_is_used_by_a_setting() -> None:
    used = {allowed for _, _, allowed in settings_with_choices()}
    for flags in (Reproduction, Evaluating, Comparing):
        used |= {get_args(hint) for hint in get_type_hints(flags).values() if get_origin(hint) is Literal}
    tables = {get_args(value) for value in vars(choices).values() if get_origin(value) is Literal}
    assert tables == used


def test_every_method_says_which_section_is_its_own() -> None:
    assert set(TRAITS) == set(choices.names(choices.Method))
    sections = {field.name for field in fields(Settings) if is_dataclass(getattr(Settings(), field.name))}
    assert {section for traits in TRAITS.values() for section in traits.sections} <= sections


def test_settings_are_values() -> None:
    assert Settings() == Settings()
    with pytest.raises(FrozenInstanceError):
        Settings().seed = 1  # type: ignore[misc]
