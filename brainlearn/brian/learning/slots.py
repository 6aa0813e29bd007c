"""When text that acts in every step looks at its units: slots of Brian2's schedule."""

from __future__ import annotations

SLOT = "after_thresholds"  # membranes as the threshold saw them; traces without the spikes of this step
BEFORE_SLOT = "start"  # what was true when the step began is what is transmitted in it
