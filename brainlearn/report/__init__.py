"""One page that shows a run, or several side by side: self-contained HTML without a script."""
