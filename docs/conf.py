"""Sphinx settings of the documentation site; `docs/building` makes what is not written by hand."""

import os
import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from building.examples import EXAMPLES, state_of

import bayes_misalign

project = "bayes_misalign"
author = "The bayes_misalign developers"
smartquotes = False
version = release = bayes_misalign.__version__
html_title = "bayes_misalign"

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "building.extension",
]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["building"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
myst_fence_as_directive = ["mermaid"]
# code of programs that Pygments does not lex is shown as it is
suppress_warnings = ["misc.highlighting_failure"]

# Every page with cells is run when the site is built, in a folder of its own; an error in a cell,
# or anything on stderr, is a warning, and warnings are errors (`sphinx-build -W`).
nb_execution_mode = "cache"
# outputs are kept as long as neither their page, nor the package, nor the data have changed
STATE = state_of(DOCS / "building", EXAMPLES / "nonvoters", EXAMPLES / "games-human-ai")
nb_execution_cache_path = str(DOCS.parent / "build" / "docs-cells" / STATE)
nb_execution_in_temp = True
nb_execution_timeout = 1200  # a first compilation on a busy machine
nb_execution_raise_on_error = True
nb_output_stderr = "error"
nb_execution_show_tb = True
# kernels read nobody's own settings but these
PROFILE = DOCS.parent / "build" / "docs-ipython" / "profile_default"
(PROFILE / "startup").mkdir(parents=True, exist_ok=True)
(PROFILE / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n", "utf-8")
shutil.copyfile(DOCS / "building" / "startup.py", PROFILE / "startup" / "startup.py")
os.environ["IPYTHONDIR"] = str(PROFILE.parent)
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
os.environ |= {
    "COLUMNS": "88",
    "EXAMPLES": str(EXAMPLES),
    "NO_COLOR": "1",
    "TERM": "dumb",
}

# docstrings write code between single backquotes
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
toc_object_entries = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["generated/extra"]
html_sidebars = {"index": [], "which-model": []}
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 7,
    "show_prev_next": True,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
copyright = "The bayes_misalign developers, MIT licence"
