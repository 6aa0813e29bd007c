"""A small experiment with targets to change."""

from __future__ import annotations

from pathlib import Path

CIRCUITS = Path(__file__).parents[2] / "circuits"

TARGETS = f"""
name = "targets"
circuit = "{CIRCUITS}/temporal_difference.toml"
seed = 1

[sizes]
"V1/E" = 40

[dataset]
name = "digits"
validation = 30

[stimulus]
image = "retina/image"

[target]
population = "IT/class"

[[phases]]
name = "settle"
duration = "6 ms"
learn = false

[[phases]]
name = "free"
duration = "8 ms"
reset = false
learn = false
remember = true
answer = true

[[phases]]
name = "nudged"
duration = "8 ms"
reset = false
nudge = 1.0

[rule]
name = "temporal_difference"
updates = [{{ name = "adam", size = 0.01 }}]

[training]
epochs = 1
copies = 50
samples = 400
"""
