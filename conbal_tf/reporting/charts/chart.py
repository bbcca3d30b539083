"""A chart as a value: its drawing, and what it says in words."""

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from conbal_tf.reporting.markup import tag


@dataclass(frozen=True)
class Key:
    """What a series of a chart is."""

    series: int
    """Its number: its colour and its mark."""
    label: str
    line: Literal["", "solid", "dashed"] = "solid"
    """How it is drawn; empty for bars."""
    mark: bool = False
    """Whether its mark is shown as well."""


@dataclass(frozen=True)
class Chart:
    """A drawing of SVG elements in pixels, from the top left corner."""

    title: str
    """What it shows, in full: for those who only hear it."""
    description: str
    """What is to be seen in it, as numbers."""
    width: float
    height: float
    drawn: Markup
    heading: str = ""
    """What stands above it where several stand side by side."""
    keys: tuple[Key, ...] = ()
    scale: float = 0.0
    """The smallest share of its size at which its letters can be read: a narrower screen scrolls it."""
    kind: str | None = None
    """Class of the whole drawing, where the page treats it unlike others."""

    @property
    def svg(self) -> Markup:
        """The drawing as an element of a page, which says what it shows to those who cannot see it."""
        size = {"width": f"{self.width:g}", "height": f"{self.height:g}"}
        told = (tag("title", self.title), tag("desc", self.description))
        label = f"{self.title}. {self.description}"
        view = f"0 0 {self.width:g} {self.height:g}"
        return tag("svg", *told, self.drawn, viewBox=view, **size, role="img", aria_label=label, class_=self.kind)
