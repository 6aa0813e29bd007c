"""The reference of the circuit file, made from the schema: ``python -m pages.circuits``.

Without an argument it prints the page; with a folder it writes ``circuit-files.md`` and
``circuit.schema.json`` there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from brainlearn.circuit.schema import CircuitFile
from brainlearn.neurons import NEURONS, NeuronModel
from brainlearn.report.markdown_table import markdown_table
from brainlearn.synapses import SYNAPSES
from pages.deliver import deliver
from pages.schema_text import plain_schema, schema_text

PAGE, SCHEMA = "circuit-files.md", "circuit.schema.json"

EXAMPLE = """\
name = "retina_to_v1"
description = "An image drives V1, where inhibition keeps activity low."
dt = "1 ms"

[neurons.pyramidal]                  # a built-in model with other parameters
model = "lif_delta"
parameters = { tau_membrane = "10 ms" }

[neurons.fast]                       # a model of your own: Brian2 equations, with units
equations = "dv/dt = (rest - v)/tau_membrane : volt"
threshold = "v > -50*mV"
reset = "v = rest"
refractory = "2*ms"
method = "exact"
parameters = { tau_membrane = "5 ms", rest = "-65 mV" }
initial = { v = "-65 mV" }

[synapses.kick]                      # a synapse of your own: the weight w has no unit
on_pre = "v_post += w*mV"

[[areas]]
name = "retina"
level = 0

  [[areas.populations]]
  name = "image"
  sheet = [8, 8]
  neuron = "constant_current"

[[areas]]
name = "V1"
level = 1

  [[areas.populations]]
  name = "E"
  sheet = [8, 8]
  neuron = "pyramidal"
  sign = "excitatory"

  [[areas.populations]]
  name = "I"
  size = 16
  neuron = "fast"
  sign = "inhibitory"

[[projections]]
source = "retina/image"
target = "V1/E"
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "local", radius = 2 }
weights = { distribution = "normal", sd = 1.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V1/I"
pathway = "lateral"
synapse = "kick"
delay = "1 ms"
weights = { distribution = "uniform", low = 0.0, high = 3.0 }

[[projections]]
source = "V1/I"
target = "V1/E"
pathway = "lateral"
synapse = "delta"
delay = "1 ms"
connectivity = { kind = "probability", probability = 0.5 }
weights = { distribution = "constant", value = -0.1 }
"""

RULES = """\
## What is checked

`brainlearn check FILE` names every mistake at once, with its place, what was found, what is allowed, and
a suggestion. All commands, and `load_circuit` in Python, check the same.

- **Names** are letters, digits and `_`, and begin with a letter. Areas, projections, models, and the
  populations of an area each have names of their own; a model of the file may not be called like a
  built-in one.
- **Quantities** are text with a unit: `"10 ms"`, `"210*um"`, `"10 nS/cm**2"`. A number without a unit is
  dimensionless.
- **Levels and pathways** agree: `bottom_up` goes to a higher level, `top_down` to a lower one, `lateral`
  stays.
- **Delays** are whole numbers of time steps, at most ten million. Those that are drawn are rounded to whole steps, and
  must not come out negative: a normal distribution needs a `low`. A synapse that transmits all the time has none.
- **Numbers of synapses** are possible: `in_degree = 100, multapses = false` needs 100 source units, and 101 where a
  unit may not project to itself. A projection has at most 10⁹ synapses, and at most 10⁹ pairs if a matrix is stored.
- **Signs** (Dale): a projection has the sign of its source. Excitatory weights are 0 or more, inhibitory
  ones 0 or less; with a normal distribution the wrong half is folded over to the right side, unless `low` or `high`
  cuts it off.
- **Sheets** lie on top of each other, whatever their sizes: a sheet of half the sides has its units two source units
  apart. `local` and `square` projections need one at both ends. With `per_place = 3` there are three units at every
  place, its channels or feature maps, which see the same places, and are numbered plane by plane: a colour image is
  `{ sheet = [32, 32], per_place = 3 }`. Only a `convolution` shares weights between places.
- **Receptive fields** of `square` projections have `side` × `side` places, as 11 × 11; those of `local` ones are discs.
  At the edges of the sheet they are cut. `gaussian` and `exponential` projections connect by chance, the less likely
  the farther apart; with `periodic = true` sheets are tori, without edges.
- **Equations** are read by Brian2's parser: names must be defined, units must agree. Nothing in a file is
  executed. Noise is `xi`, or `xi_1`, `xi_2` and so on where several are independent, in differential equations. The
  exact solution must not divide by 0, as it does where two time constants are equal.
- **Files of weights** are there, hold numbers of the right shape and sign, and are never unpickled.
- **Reserved names**: none begins with `brainlearn_`. A simulation adds variables of such names to populations, and
  uses no other, so any name that Brian2 takes is free.

## What text means

Equations, thresholds, resets and synapses mean what they mean in Brian2 for **one copy of the circuit alone**, however
many copies and presentations a simulation holds:

- `i` and `N` are the number of the unit within its population, and the size of the population.
- `t` is the time since the onset of the presentation; `lastspike` counts with it.
- Statements of a reset run one after the other: `last = v; v -= 0.5` remembers the old value. (Brian2's own numpy
  target changes `last` as well.) A subexpression has the value from before the first statement that reads it, as in
  Brian2.
- `drive_post = w*activity_pre` makes the variable the sum of all projections onto it. It is set anew in every step,
  before states are updated, from what the source was at the end of the step before, or as long ago as the delay is.
  Before the onset all was as in the first step. What a reset or a spike writes to it lasts until then.
- Such a synapse may read its target too, as in `gap_post = w*nS*(v_pre - v_post)`, if what multiplies `w` is a sum of
  products of a presynaptic and a postsynaptic part: copies share the weights, so the part of the target multiplies what
  the synapses add up to. A synapse that waits for spikes reads constants of its target only.
- In `v_post += w*load_pre` with a delay, `load` is what it was when the spike was sent. (In `brian2.Synapses` it is
  what it is when the spike arrives.)
- `w` in a synapse is always the weight. A neuron may have a variable of that name, which is `w_pre`.
- A constant in a synapse is a parameter of the source's or of the target's neuron model, the same for all units or
  not. If both have one of that name, or one has a variable of that name, write `scale_pre` or `scale_post`.

`tests/differential` compares random circuits with plain Brian2 scripts that share no code with the package.

## Tables of projections

Where many populations project to each other, one table says it all: a row for each target, a column for each source, as
papers print it. An entry of 0 is no projection; any other becomes an ordinary projection, with the pathway that the
levels of its areas give. Messages name the table and the entry.

```toml
[[projection_tables]]
sources = ["L4/E", "L4/I"]
targets = ["L4/E", "L4/I"]
probabilities = [
  [0.0497, 0.1350],                  # onto L4/E
  [0.0794, 0.1597],                  # onto L4/I
]
synapse = "current"
weights = { distribution = "normal", mean = 87.81, sd = 8.781, low = 0.0 }
delay = "1.5 ms"

  [[projection_tables.exceptions]]   # what is different in some entries
  sources = ["L4/I"]
  weights = { distribution = "normal", mean = -351.24, sd = 35.124, high = 0.0 }
  delay = "0.8 ms"
```

`numbers`, `in_degrees` or `out_degrees` take the place of `probabilities` where synapses are counted. With
`kind = "fixed_total_number"` probabilities become numbers, drawn with replacement, as in the cortical microcircuit of
Potjans & Diesmann 2014: 55 projections are one table.

## Units that differ

A constant of a neuron model, or a variable at the onset of a presentation, is the same for all units, or every unit
has its own: a table stands in the place of the quantity.

```toml
[neurons.diverse]
model = "lif"                        # a built-in model, or one of the file
parameters = { tau_membrane = { distribution = "normal", mean = "10 ms", sd = "2 ms", low = "1 ms" } }
initial = { v = { distribution = "uniform", low = 0, high = 1, each_copy = true } }

[[areas.populations]]
name = "E"
sheet = [10, 10]
neuron = "diverse"
parameters = { tau_membrane = { distribution = "expression", value = "10*ms + 1*ms*row" } }
```

`parameters` and `initial` of a population take the place of those of its model, name by name.

- `normal`, `uniform`, `lognormal`, `gamma` and `exponential` are drawn. Means and standard deviations are those of the
  value itself, not of its logarithm. With `low` or `high` what lies outside is drawn again until it lies inside: the
  distribution is truncated, not clipped, so its mean and sd differ from those given.
- `file` reads one number for every unit from an npz file beside the circuit file, and multiplies it by `unit`.
- `expression` is arithmetic of the place, with units: `i` and `N` are the number of the unit and of all, `row` and
  `column` its place on the sheet, from 0. Nothing is executed.

All copies of the circuit have the same values, unless `each_copy = true` draws for each. They follow from the seed, the
population and the name of the variable alone: whatever else is drawn changes nothing. Results hold them
([results](results.md)), so that any script can take the same.

Rules read such a constant as a variable of the unit, and synapses those of both of their units; a mirror has it as a
tensor.

## What units keep

`kept = ["theta"]` in a neuron model names variables of differential equations that a unit keeps from one presentation
to the next, resets or not, as a threshold that rises with every spike and falls within hours. They belong to the unit,
so all its copies share them: in every step what the copies change that learn is added up, as if their presentations
came one after the other. They begin as `initial` says, are saved in checkpoints, and stay as they are where nothing
learns, as in a test or in `brainlearn simulate`. They are computed in double precision. A mirror does not have them.
[`circuits/published/Diehl_Cook_2015.toml`](../circuits/published/Diehl_Cook_2015.toml) is an example.

## Weights and connections

Weights have no unit; the text of a synapse multiplies by one where the target has one (`v_post += w*mV`).
With `low` or `high` a distribution is truncated, not clipped: what lies outside is drawn again until it lies inside, so
`{ distribution = "normal", mean = 1.0, sd = 0.5, low = 0.0 }` has a mean above 1. At least one draw in a hundred must
lie inside. `lognormal` and `gamma` take mean and sd of the weights themselves; with a mean below 0 they lie below 0.
`per_input` divides the drawn weights by the square root of the number of synapses that the projection
makes onto the unit, so that the variance of the input does not depend on how many they are. Synapses,
weights and delays of a projection are drawn from the seed and the projection's name alone: other projections do not
change them, and other delays do not change the rest.

`fixed_in_degree`, `fixed_out_degree` and `fixed_total_number` (names of Senk et al. 2022, PLoS Comput. Biol.
18:e1010086) draw so many synapses. `multapses` says whether one pair of units may have several; `self_connections`,
whether a unit may project to itself. Without multapses every set of partners is as likely. `reciprocal` joins the
pairs of another projection in the other direction, with weights and delays of its own: top-down synapses that learn
can come to mirror those below.

```toml
[[projections]]
source = "L4/E"
target = "L23/E"
pathway = "lateral"
synapse = "current"
connectivity = { kind = "fixed_total_number", number = 18000, multapses = true }
weights = { distribution = "normal", mean = 0.15, sd = 0.015 }
delay = { distribution = "normal", mean = "1.5 ms", sd = "0.75 ms", low = "0.1 ms" }
```

A `delay` that is a table (`normal`, `uniform`, `lognormal`, `gamma` or `exponential`, with units) gives every synapse
a delay of its own, whether it waits for spikes or transmits all the time.

## Convolution and pooling

In a `convolution` all places of the target look at their window of the source with the same weights: a kernel for
each pair of channels, `per_place` of both populations. `kernel`, `stride` and `padding` are those of PyTorch's
`Conv2d`: each is two numbers, for rows and columns, or one for both.

```toml
[[projections]]
source = "retina/image"             # sheet = [28, 28]
target = "V1/E"                     # sheet = [14, 14], per_place = 32
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "convolution", kernel = 5, stride = 2, padding = 2 }
weights = { distribution = "normal", sd = 1.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V2/E"                     # sheet = [7, 7], per_place = 32
pathway = "bottom_up"
synapse = "delta"
connectivity = { kind = "average_pooling", kernel = 2 }
weights = { distribution = "constant", value = 1.0 }
```

The target's sheet has a place for each window: (source + 2 × padding - kernel) // stride + 1 rows, and as many columns;
what lies beyond an edge is empty. `average_pooling` takes the mean over a window of every channel by itself, times one
constant weight, and does not learn; its stride is the kernel unless it is said. Maximum pooling is no sum over
synapses, and there is none.

Weights are stored once, as (pre_channel, post_channel, kernel_row, kernel_column), in results, files of weights and
saved states: `weights.swapaxes(0, 1)` is the weight of a `Conv2d`. `per_input` divides by the square root of the inputs
of a whole window. All synapses of a projection have one delay, and tire alike. What a rule proposes for a weight is the
sum over all places that share it; updates act on the kernel. Rules with states of synapses cannot teach one. `tied`
weights in the other direction are the transposed convolution. Spikes and weights are those of `brian2.Synapses` with as
many equal weights, in both engines (`tests/oracle/test_convolution.py`); no matrix of pairs and no list of synapses is
made ([decision 43](decisions/0043-kernels-are-stored-once.md)).

## Synapses of cortex

The kinetics of a synapse are equations of the neuron that receives it, and its text says what a spike adds. This is a
neuron with exponential (AMPA), alpha (GABA_A) and double-exponential (GABA_B) conductances, NMDA with voltage
dependence and saturation, and gap junctions:

```toml
[neurons.cortical]
equations = '''
dv/dt = (leak*(rest - v) + conductances + nmda_current + gap)/capacitance : volt (unless refractory)
conductances = ampa*(0*mV - v) + (gaba_a + gaba_b)*(-80*mV - v) : amp
dampa/dt = -ampa/(2*ms) : siemens
dgaba_a/dt = (gaba_a_rise - gaba_a)/(5*ms) : siemens
dgaba_a_rise/dt = -gaba_a_rise/(5*ms) : siemens
dgaba_b/dt = -gaba_b/(100*ms) + gaba_b_rise/(20*ms) : siemens
dgaba_b_rise/dt = -gaba_b_rise/(20*ms) : siemens
dgate/dt = 0.5*opening*(1 - gate)/ms - gate/(100*ms) : 1
dopening/dt = -opening/(2*ms) : 1
nmda_current = nmda*(0*mV - v)/(1 + exp(-62*v/volt)/3.57) : amp
nmda : siemens
gap : amp
'''
threshold = "v > -50*mV"
reset = "v = rest; opening += 1"
refractory = "2*ms"
method = "exponential_euler"
parameters = { leak = "10 nS", rest = "-65 mV", capacitance = "200 pF" }
initial = { v = "-65 mV" }

[synapses.ampa]
on_pre = "ampa_post += w*nS"

[synapses.gaba_a]
on_pre = "gaba_a_rise_post += exp(1)*w*nS"     # the conductance peaks at w after 5 ms

[synapses.gaba_b]
on_pre = "gaba_b_rise_post += w*nS"

[synapses.nmda]
transmit = "nmda_post = w*nS*gate_pre"         # the gate saturates where the spike is sent (Wang 2002)

[synapses.gap_junction]
transmit = "gap_post = w*nS*(v_pre - v_post)"
```

Each `dx/dt` of a current instead of a conductance makes a synapse of currents: leave the factor of the voltage out.
A gap junction reads both of its units. Its current is held for a step, as `brian2.Synapses` holds it.

Noises `xi_1` and `xi_2` of one neuron are independent, and the same name in two equations is the same noise. Stock
Brian2 and copies draw the same; a mirror refuses them. Drive from outside is `poisson_input`, below.
`tests/oracle/test_synapses_of_cortex.py` compares this text with Brian2 and closed forms.

## Short-term plasticity

`short_term_plasticity` of a projection lets its synapses tire and facilitate (Tsodyks & Markram 1997, PNAS 94:719;
Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50). A spike brings its weight times the resources that it releases.

```toml
[[projections]]
source = "L4/E"
target = "L23/I"
pathway = "lateral"
synapse = "current"
weights = { distribution = "normal", mean = 7.2, sd = 3.6, low = 1.44, high = 14.4 }

[projections.short_term_plasticity]
utilisation = { distribution = "normal", mean = 0.04, sd = 0.02, low = 0.001, high = 0.07 }
tau_recovery = "100 ms"
tau_facilitation = { distribution = "normal", mean = "1 s", sd = "0.5 s", low = "5 ms" }
```

At the onset of a presentation all resources are there, and the utilisation u is 0. A spike first raises it,
u ← u + U(1 - u), and then uses the share u of the resources. Between spikes u decays with `tau_facilitation`; without
one every spike uses U. Used resources are active for `tau_inactivation`, and then recover with `tau_recovery`. A spike
carries what was released when it was sent, whenever it arrives.

Each of the four is a quantity, or a table from which every synapse gets a value of its own. If all are quantities there
is one state for every source unit and copy; a learning rule changes the weights as before. With a table the projection
is a list of synapses, each with three states and the step of its last spike, in double precision: 32 bytes for every
synapse and copy, and 8 for each value that is drawn; results hold these values beside the weights. The mirror has both,
with gradients through what is released. `tests/oracle/test_short_term_plasticity.py` compares with scripts of Brian2
and closed forms.

## How synapses are stored

A projection is a matrix of all pairs of units, or a list of synapses. These are lists: projections with a fixed number
of synapses, those with delays or short-term plasticity from a table, `reciprocal` ones, `probability` below 0.25 among
more than 4 million pairs, and `one_to_one`, `local` and `square` among more than 100 million. A convolution is neither:
it has a weight for each element of a kernel. In single precision a listed synapse takes 13 bytes: target, delay (of up
to 255 steps), weight, and the weight as it was drawn; 17 where it learns. No matrix of pairs is made, whatever is done
with the circuit. Spikes are those of `brian2.Synapses`, in double precision to the last bit
(`tests/oracle/test_listed_synapses.py`).

Listed synapses learn by all rules and updates, those on spikes and those with states of synapses too. Where each has a
delay of its own, its presynaptic side is as late as that: a spike counts when it arrives there, as in
`brian2.Synapses` (`tests/oracle/test_spread_learning.py`). What units were is then kept for as many steps as the
longest delay has. Weights that are tied to listed ones are listed too. NIR gets a matrix, of at most 50 million pairs;
[SONATA](interchange.md#sonata-for-nest) lists synapses too. Kernels are written there as matrices and lists.
`python -m benchmarks.sparse` measures how long it takes to build and to deliver, and how much memory.

Synapses that were listed elsewhere come from an npz file with `pre` and `post`, the numbers of the units that each
joins; each may bring its weight and its delay. In Python, `np.savez("cortex.npz", pre=…, post=…, weight=…, delay=…)`.
Or they are edges of [SONATA](https://github.com/AllenInstitute/sonata) in a file that ends in `.h5`: node numbers are
those of the units, `syn_weight` is the weight, and `delay` is in ms.

```toml
connectivity = { kind = "file", file = "cortex.npz", multapses = false }
weights = { distribution = "file", file = "cortex.npz" }             # its array `weight`
delay = { distribution = "file", file = "cortex.npz", unit = "ms" }  # its array `delay`

connectivity = { kind = "file", file = "v1_edges.h5", population = "v1_to_v1", multapses = true }
weights = { distribution = "file", file = "v1_edges.h5" }             # its dataset `syn_weight`
delay = { distribution = "file", file = "v1_edges.h5", unit = "ms" }  # its dataset `delay`
```

## Spikes from outside

A circuit is a part of a brain, and the rest of it spikes too. `poisson_input` brings every unit of a population
independent Poisson trains, counted in every step: there may be thousands of them, and more spikes than steps.

```toml
[[areas.populations]]
name = "E"
size = 20683
neuron = "cell"
poisson_input = [{ variable = "current", number = 1600, rate = "8 Hz", weight = "87.8 pA" }]
```

It is `brian2.PoissonInput`, with Poisson numbers in the place of binomial ones and random numbers of its own, from the
seed and the population's name: stock Brian2, copies and the mirror hear the same spikes, so `brainlearn verify`
compares such circuits spike by spike. Trains are added after the synapses of a step. The mirror cannot go through a
step a second time with them (`recompute_every`).

## Editors

`docs/circuit.schema.json` is a JSON Schema. With the *Even Better TOML* extension, begin a file with
`#:schema ../docs/circuit.schema.json` to have keys completed and checked as you type.
"""

_TITLES = {
    "CircuitFile": "The file",
    "NeuronTable": "`[neurons.NAME]`",
    "SynapseTable": "`[synapses.NAME]`",
    "AreaTable": "`[[areas]]`",
    "PopulationTable": "`[[areas.populations]]`",
    "Normalisation": "`normalisation`",
    "PoissonInput": "`poisson_input`",
    "NormalQuantity": "A value of units: normal",
    "UniformQuantity": "A value of units: uniform",
    "LognormalQuantity": "A value of units: lognormal",
    "GammaQuantity": "A value of units: gamma",
    "ExponentialQuantity": "A value of units: exponential",
    "ConstantQuantity": "A value of units: constant",
    "StoredQuantity": "A value of units: from a file",
    "PlaceQuantity": "A value of units: by its place",
    "ProjectionTable": "`[[projections]]`",
    "ProjectionBlock": "`[[projection_tables]]`",
    "BlockException": "`[[projection_tables.exceptions]]`",
    "Normal": "`weights`: normal",
    "Uniform": "`weights`: uniform",
    "Lognormal": "`weights`: lognormal",
    "Gamma": "`weights`: gamma",
    "Exponential": "`weights`: exponential",
    "Constant": "`weights`: constant",
    "FromFile": "`connectivity`: from a file",
    "Tied": "`weights`: tied",
    "Stored": "`weights`: from a file",
    "AllToAll": "`connectivity`: all to all",
    "Probability": "`connectivity`: probability",
    "Local": "`connectivity`: local",
    "Square": "`connectivity`: square",
    "Convolution": "`connectivity`: convolution",
    "AveragePooling": "`connectivity`: average pooling",
    "Gaussian": "`connectivity`: by distance, Gaussian",
    "ExponentialDecay": "`connectivity`: by distance, exponential",
    "OneToOne": "`connectivity`: one to one",
    "AllButOwn": "`connectivity`: all but one's own",
    "FixedInDegree": "`connectivity`: fixed in-degree",
    "FixedOutDegree": "`connectivity`: fixed out-degree",
    "FixedTotalNumber": "`connectivity`: fixed total number",
}


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a circuit file."""
    schema = plain_schema(CircuitFile.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "brainlearn circuit",
        **schema,
    }


def page() -> str:
    """Return the reference as Markdown."""
    schema = json_schema()
    tables = {"CircuitFile": schema, **schema["$defs"]}
    lines = [
        "# Circuit files",
        "",
        "<!-- Made by `python -m pages.circuits docs`; do not edit. -->",
        "",
        "A circuit is one TOML file: a time step, neuron and synapse models, areas with their populations,",
        "and projections. `circuits/` holds complete ones.",
        "",
        "```toml",
        EXAMPLE.rstrip(),
        "```",
        "",
        "## Tables and keys",
        "",
        "Keys in **bold** must be given.",
    ]
    for name, title in _TITLES.items():
        lines += ["", f"### {title}", "", tables[name]["description"], "", *_key_table(tables[name])]
    return "\n".join([*lines, "", *_models(), "", RULES])


def _key_table(table: dict[str, Any]) -> list[str]:
    rows = []
    for key, field in table["properties"].items():
        required = key in table.get("required", ())
        default = json.dumps(field["default"]) if "default" in field else ""
        default = f"`{default}`" if default and not default.startswith(("{", "[")) else ""
        name = f"**`{key}`**" if required else f"`{key}`"
        rows.append((name, _value(field), default, field.get("description", "")))
    return markdown_table(("key", "value", "default", "meaning"), rows)


def _value(field: dict[str, Any]) -> str:
    """Say in words what may stand there."""
    if "const" in field:
        return f'`"{field["const"]}"`'
    if "enum" in field:
        return ", ".join(f'`"{word}"`' for word in field["enum"])
    if field.get("oneOf", [{}])[0].get("examples"):
        return f'time, as in `"{field["oneOf"][0]["examples"][0]}"`, or a table'
    if "oneOf" in field or "$ref" in field:
        return "table, see below"
    if "patternProperties" in field:
        tables = "quantities, or of tables, see below" if "oneOf" in str(field) else "tables, see below"
        return f"table of {tables}"
    if "anyOf" in field:
        return "whole number, or two" if any("items" in choice for choice in field["anyOf"]) else "quantity"
    if field.get("examples"):
        return f'time, as in `"{field["examples"][0]}"`'
    if field["type"] == "array":
        return "two whole numbers" if field["items"].get("type") == "integer" else "tables, see below"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    return words[field["type"]] + _bounds(field)


def _bounds(field: dict[str, Any]) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most"}
    return "".join(f", {word} {field[key]}" for key, word in words.items() if key in field)


def _models() -> Iterator[str]:
    yield "## Built-in neuron models"
    yield ""
    neurons = [
        (f"`{name}`", neuron.kind, neuron.description, _parameters(neuron), neuron.source)
        for name, neuron in NEURONS.items()
    ]
    yield from markdown_table(("name", "kind", "what it is", "parameters", "source"), neurons)
    yield ""
    yield "Their equations:"
    yield ""
    yield "```text"
    for name, neuron in NEURONS.items():
        yield f"# {name}"
        yield from dedent(neuron.equations).strip().splitlines()
    yield "```"
    yield ""
    yield "## Built-in synapse models"
    yield ""
    synapses = [
        (f"`{name}`", f"`{synapse.on_pre or synapse.transmit}`", synapse.description, synapse.source)
        for name, synapse in SYNAPSES.items()
    ]
    yield from markdown_table(("name", "text", "what it does", "source"), synapses)


def _parameters(neuron: NeuronModel) -> str:
    return ", ".join(f"`{key}` {value.text}" for key, value in neuron.parameters.items())


if __name__ == "__main__":
    deliver(sys.argv[1:], page(), {PAGE: page(), SCHEMA: schema_text(json_schema())})
