"""How Sphinx makes the site of these pages: `make docs` writes it to build/docs, offline, every warning an error."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tfrecords_tools.surroundings.quiet import import_tensorflow

# Docstrings are read from the imported package, and TensorFlow's messages would stand among Sphinx's warnings.
import_tensorflow()

project = "conbal_tf"
author = copyright = "The conbal_tf authors"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.docstrings",
    "docs.settings_table",
]

# Headings of Markdown can be linked as they can on a code host.
myst_heading_anchors = 4

# Docstrings: single backticks are code, and the house's own section has a place.
default_role = "literal"
napoleon_numpy_docstring = False
napoleon_custom_sections = [("Reference", "notes_style")]
autodoc_member_order = "bysource"
maximum_signature_line_length = 90
python_display_short_literal_types = True

html_theme = "furo"
html_title = "conbal_tf"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
