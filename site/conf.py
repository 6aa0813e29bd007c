"""Sphinx's settings for the site, which `make site` builds from a staged copy of the pages (pages/site/staging.py)."""

from __future__ import annotations

from importlib.metadata import version as version_of

project = "brainlearn"
author = "The brainlearn authors"
project_copyright = author
release = version = version_of("brainlearn")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
    "pages.site.mathml",
    "pages.site.names",
]

# --- pages ------------------------------------------------------------------------------------------------------

root_doc = "index"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 6  # links name headings as a code host does
suppress_warnings = [
    "myst.header",  # experiments begin where their README does
]

# --- the gallery: its examples run, and show their pictures ------------------------------------------------------

exclude_patterns = ["examples/gallery/*.rst"]
sphinx_gallery_conf = {
    "examples_dirs": ["examples/gallery"],
    "gallery_dirs": ["gallery"],
    "filename_pattern": r"/\w+\.py",
    "ignore_pattern": r"__main__\.py",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
}

# --- the API ----------------------------------------------------------------------------------------------------

default_role = "public"  # docstrings write `name`
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings give types, with shapes
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_param = False  # types are prose with shapes, no names to link
napoleon_use_rtype = False
viewcode_line_numbers = True

# --- how it looks -----------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "brainlearn"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"  # no script, no font, no network
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "brainlearn"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "show_prev_next": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_context = {"default_mode": "auto"}
html_sidebars = {"index": []}
