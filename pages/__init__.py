"""Makers of the generated pages of ``docs/``; no part of the installed package. ``make docs`` runs them all."""
