"""Build the site: ``python -m pages.site``; ``--keep`` runs only blocks of pages changed since the last build."""

from __future__ import annotations

import sys

from pages.site.building import build

if __name__ == "__main__":
    sys.exit(build(keep="--keep" in sys.argv[1:]))
