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

`brainlearn check FILE` reports every mistake at once, with its place, what was found, what is allowed, and
a suggestion. All commands, and `load_circuit` in Python, use the same checks.

- **Names** consist of letters, digits and `_`, and begin with a letter. Names of areas, projections, models, and
  populations within an area must be unique; a model of the file must not have the name of a
  built-in one.
- **Quantities** are text with a unit: `"10 ms"`, `"210*um"`, `"10 nS/cm**2"`. A number without a unit is
  dimensionless.
- **Levels and pathways** agree: `bottom_up` leads to a higher level, `top_down` to a lower one, `lateral` to
  the same.
- **Delays** are whole numbers of time steps, at most ten million. Random delays are rounded to whole steps and
  must not be negative: a normal distribution needs a `low`. Continuous synapses need no delay.
- **Numbers of synapses** are possible: `in_degree = 100, multapses = false` needs 100 source units, or 101 without
  self-connections. A projection has at most 10⁹ synapses, and at most 10⁹ pairs if a matrix is stored.
- **Signs** (Dale): a projection has the sign of its source. Excitatory weights are 0 or more, inhibitory
  ones 0 or less. Values of a normal distribution with the wrong sign change their sign, unless `low` or `high`
  excludes them.
- **Sheets** cover the same area, whatever their sizes: in a sheet with half as many rows and columns, units are two
  source units apart. `local` and `square` projections need one at both ends. With `channels = 3` there are three
  units at every position, one of each channel or feature map, which see the same positions, and are numbered channel by
  channel: a colour image is `{ sheet = [32, 32], channels = 3 }`. Only a `convolution` shares weights between
  positions. In 0.1 the key was `per_place`, which is still read.
- **Receptive fields** of `square` projections have `side` × `side` places, as 11 × 11; those of `local` ones are
  discs. They are cut at the edges of the sheet. `gaussian` and `exponential` projections connect at random, with a
  probability that decreases with distance; with `periodic = true`, sheets are tori, without edges.
- **Equations** are read by Brian2's parser: names must be defined, and units must agree. Nothing in a file is
  executed. Noise is `xi`, or `xi_1`, `xi_2` and so on where several are independent, in differential equations. The
  exact solution must not divide by 0, as it does where two time constants are equal.
- **Files of weights** must exist and contain numbers of the right shape and sign; pickles are never read.
- **Reserved names** begin with `brainlearn_`. A simulation adds only variables with such names to populations, so
  you may use any other name that Brian2 accepts.

## Meaning of the text

Equations, thresholds, resets and synapses have the same meaning as in Brian2 for **a single copy of the circuit**,
however many copies and presentations a simulation contains:

- `i` and `N` are the index of the unit within its population, and the size of the population.
- `t` is the time since the onset of the presentation; `lastspike` refers to it.
- Statements of a reset run in order: `last = v; v -= 0.5` stores the old value. (Brian2's own numpy
  target changes `last` as well.) A subexpression has its value before the first statement that reads it, as in
  Brian2.
- `drive_post = w*activity_pre` sets the variable to the sum of all projections onto it. It is recomputed in every step,
  before states are updated, from the source at the end of the previous step, or one delay earlier.
  Values before the onset equal those of the first step. Changes by a reset or a spike last until the next update.
- Such a synapse may also read its target, as in `gap_post = w*nS*(v_pre - v_post)`, if the factor of `w` is a sum of
  products of a presynaptic and a postsynaptic part: copies share the weights, so the postsynaptic part multiplies the
  sum over synapses. A spike-triggered synapse may read only constants of its target.
- In `v_post += w*load_pre` with a delay, `load` has its value when the spike was sent. (In `brian2.Synapses`, it has
  its value when the spike arrives.)
- `w` in a synapse is always the weight. Refer to a neuron's variable of this name as `w_pre`.
- A constant in a synapse is a parameter of the source's or the target's neuron model, which may differ between units.
  If both have a parameter of this name, or one has a variable of this name, write `scale_pre` or `scale_post`.

`tests/differential` compares random circuits with plain Brian2 scripts that share no code with the package.

## Tables of projections

Projections between many populations fit in one table, as in papers: a row for each target, a column for each source.
An entry of 0 means no projection; any other entry becomes an ordinary projection, whose pathway follows from the
levels of its areas. Messages name the table and the entry.

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

  [[projection_tables.exceptions]]   # differences in some entries
  sources = ["L4/I"]
  weights = { distribution = "normal", mean = -351.24, sd = 35.124, high = 0.0 }
  delay = "0.8 ms"
```

Use `numbers`, `in_degrees` or `out_degrees` instead of `probabilities` to give numbers of synapses. With `kind =
"fixed_total_number"`, probabilities become numbers, drawn with replacement, as in the cortical microcircuit of
Potjans & Diesmann 2014: 55 projections are one table.

## Units that differ

A constant of a neuron model, or the initial value of a variable, may differ between units: write a table instead of
the quantity.

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

`parameters` and `initial` of a population override those of its model, name by name.

- `normal`, `uniform`, `lognormal`, `gamma` and `exponential` are random distributions. Means and standard deviations
  are those of the value itself, not of its logarithm. With `low` or `high`, values outside are drawn again: the
  distribution is truncated, not clipped, so its mean and sd differ from those given.
- `file` reads one number per unit from an npz file in the folder of the circuit file, and multiplies it by `unit`.
- `expression` is arithmetic with units: `i` and `N` are the index and the number of units, `row` and
  `column` the position on the sheet, from 0. Nothing is executed.

All copies of the circuit have the same values, unless `each_copy = true`. Values depend only on the seed, the
population and the name of the variable, not on other random values. Results contain them
([results](results.md)), so that any script can reuse them.

Rules read such a constant as a variable of the unit, and synapses read those of both units; in the mirror it is a
tensor.

## What units keep

`kept = ["theta"]` in a neuron model names variables of differential equations that persist from one presentation to
the next, even across resets, such as a threshold that rises with every spike and decays within hours. They belong to
the unit, so all its copies share them: in every step, the changes in all learning copies are summed, as if their
presentations were successive. They start from `initial`, are saved in checkpoints, and do not change without
learning, as in a test or in `brainlearn simulate`. They are computed in double precision. The mirror does not support
them. [`circuits/published/Diehl_Cook_2015.toml`](../circuits/published/Diehl_Cook_2015.toml) is an example.

## Weights and connections

Weights are dimensionless; the text of a synapse adds a unit if the target needs one (`v_post += w*mV`). With `low` or
`high`, a distribution is truncated, not clipped: values outside are drawn again, so `{ distribution = "normal", mean
= 1.0, sd = 0.5, low = 0.0 }` has a mean above 1. At least one draw in a hundred must be inside. `lognormal` and
`gamma` use mean and sd of the weights themselves; with a negative mean, all weights are negative. `per_input` divides
the weights by the square root of the number of synapses of the projection onto the unit, so that the variance of the
input does not depend on this number. Synapses, weights and delays of a projection depend only on the seed and the
projection's name: changing other projections, or only the delays, does not change them.

`fixed_in_degree`, `fixed_out_degree` and `fixed_total_number` (names of Senk et al. 2022, PLoS Comput. Biol.
18:e1010086) draw a fixed number of synapses. `multapses` allows several synapses between two units;
`self_connections` allows autapses. Without multapses, every set of partners is equally likely. `reciprocal`
connects the pairs of another projection in the other direction, with its own weights and delays: learning can then
make top-down weights symmetric to bottom-up ones.

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
its own delay, for spike-triggered and continuous synapses.

## Convolution and pooling

In a `convolution`, all positions of the target share the weights onto their windows of the source: one kernel for
each pair of `channels` of the two populations. `kernel`, `stride` and `padding` follow PyTorch's
`Conv2d`: each is two numbers, for rows and columns, or one for both.

```toml
[[projections]]
source = "retina/image"             # sheet = [28, 28]
target = "V1/E"                     # sheet = [14, 14], channels = 32
pathway = "bottom_up"
synapse = "constant_current"
connectivity = { kind = "convolution", kernel = 5, stride = 2, padding = 2 }
weights = { distribution = "normal", sd = 1.0, per_input = true }

[[projections]]
source = "V1/E"
target = "V2/E"                     # sheet = [7, 7], channels = 32
pathway = "bottom_up"
synapse = "delta"
connectivity = { kind = "average_pooling", kernel = 2 }
weights = { distribution = "constant", value = 1.0 }
```

The target's sheet has one position per window: (source + 2 × padding - kernel) // stride + 1 rows, and as many
columns; input beyond the edges is 0. `average_pooling` averages over a window in each channel separately, times one
constant weight, and does not learn; its stride defaults to the kernel. Maximum pooling is not supported, since it is
not a sum over synapses.

Weights are stored once, as (pre_channel, post_channel, kernel_row, kernel_column), in results, files of weights and
saved states: `weights.swapaxes(0, 1)` is the weight of a `Conv2d`. `per_input` divides by the square root of the
inputs of a whole window. All synapses of a projection have the same delay and the same short-term plasticity. The
proposed change of a weight is the sum over all positions that share it; updates act on the kernel. Rules with
synaptic states are not supported. `tied` weights in the other direction give the transposed convolution. Spikes and
weights equal those of `brian2.Synapses` with replicated weights, in both engines
(`tests/oracle/test_convolution.py`); neither a matrix of pairs nor a list of synapses is created ([decision
43](decisions/0043-kernels-are-stored-once.md)).

## Synapses of cortex

The kinetics of a synapse are equations of the postsynaptic neuron; the text of the synapse defines the effect of a
spike. This is a neuron with exponential (AMPA), alpha (GABA_A) and double-exponential (GABA_B) conductances, NMDA
with voltage dependence and saturation, and gap junctions:

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

For current-based synapses, write `dx/dt` for a current instead of a conductance, without the voltage factor.
A gap junction reads both of its units. Its current is constant during a step, as with `brian2.Synapses`.

The noise terms `xi_1` and `xi_2` of one neuron are independent; the same name in two equations is the same noise.
Stock Brian2 and copies draw the same noise; the mirror refuses it. For external input, use `poisson_input`, below.
`tests/oracle/test_synapses_of_cortex.py` compares this text with Brian2 and closed forms.

## Short-term plasticity

`short_term_plasticity` of a projection adds depression and facilitation (Tsodyks & Markram 1997, PNAS 94:719;
Tsodyks, Uziel & Markram 2000, J. Neurosci. 20:RC50). A spike transmits its weight times the released resources.

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

At the onset of a presentation, all resources are available, and the utilisation u is 0. A spike first raises u,
u ← u + U(1 - u), and then uses the fraction u of the resources. Between spikes, u decays with `tau_facilitation`;
without it, every spike uses U. Used resources are inactivated with `tau_inactivation`, and then recover with
`tau_recovery`. A spike transmits the resources released when it was sent, whenever it arrives.

Each of the four is a quantity, or a table from which every synapse gets its own value. If all are quantities, there
is one state per source unit and copy; learning rules change the weights as usual. With a table, the projection is a
list of synapses, each with three states and the step of its last spike, in double precision: 32 bytes per synapse and
copy, and 8 for each random value; results contain these values beside the weights. The mirror supports both, with
gradients through the release. `tests/oracle/test_short_term_plasticity.py` compares with scripts of Brian2 and closed
forms.

## Fast weights

`fast_weights` of a projection adds a second weight A to every synapse, which holds what happened recently and decays
(Ba, Hinton, Mnih, Leibo & Ionescu 2016, arXiv 1610.06258, equation 1). Slow weights are shared by all copies and
change by a learning rule; each copy has fast weights of its own, and they change by themselves.

```toml
[[projections]]
source = "CA3/E"
target = "CA3/E"
pathway = "lateral"
synapse = "graded"
delay = "1 ms"
weights = { distribution = "normal", sd = 0.1 }
fast_weights = { rate = "20 Hz", tau_decay = "20 ms" }
```

In every step of length dt, the projection transmits by w + A; then A ← λA + η pre × post, with λ = exp(-dt/`tau_decay`)
and η = `rate` × dt. `pre` is what arrives at the synapse: the transmitted activity, after the delay. `post` is the
`output` of the target. Both are read as the step began, with the gain of a population that has `normalisation`. So
A contains the past, but not the activity that it is asked with. Without a delay, a lateral projection is the equation
of the paper, and completes a pattern. With a delay of d steps, it associates a pattern with the one d steps later:
asked with a key, it answers with what followed. A `rate` below 0 Hz is anti-Hebbian.

Fast weights begin at 0 at the onset of a presentation, or of any phase with `reset = true`, and are saved with
checkpoints. They take copies × source units × target units numbers; if that exceeds the free memory, an error says so
before it is taken (in the mirror with gradients, for every step of a phase). With `shared = true`, all copies share one
matrix, which takes the mean of their changes: what a minibatch with one set of weights would do, for comparison.

They need a synapse with `transmit` that reads only its source, a target with `output`, and synapses stored as a matrix.
Units that spike have them through a trace: let `output = "trace"` of the neuron model name a variable that follows its
spikes, and transmit that, as in `transmit = "recalled_post = w*trace_pre"`. Spike-triggered synapses are refused.

Copies, stock Brian2 and the mirror, with gradients through A, agree (`tests/oracle/test_fast_weights.py`); `shared`
needs `delivery = "shared"`. [Costs](cost.md) do not count fast weights. NIR and SONATA do not support them.

## How synapses are stored

A projection is stored as a matrix of all pairs of units, or as a list of synapses. Lists are used for projections
with a fixed number of synapses, those with delays or short-term plasticity from a table, `reciprocal` ones,
`probability` below 0.25 among more than 4 million pairs, and `one_to_one`, `local` and `square` among more than 100
million. A convolution is neither: it has a weight for each element of a kernel. In single precision, a listed synapse
takes 13 bytes: target, delay (of up to 255 steps), weight, and initial weight; 17 if it learns. A matrix of pairs is
never created for them. Spikes are those of `brian2.Synapses`, in double precision to the last bit
(`tests/oracle/test_listed_synapses.py`).

Listed synapses support all rules and updates, including spike-triggered rules and synaptic states. If synapses have
individual delays, their presynaptic side is delayed accordingly: a spike counts when it arrives, as in
`brian2.Synapses` (`tests/oracle/test_spread_learning.py`). Past values of units are then stored for as many steps as
the longest delay. Weights tied to listed ones are listed too. NIR receives a matrix, of at most 50 million pairs;
[SONATA](interchange.md#sonata-for-nest) also lists synapses. Kernels are written there as matrices and lists. `python
-m benchmarks.sparse` measures the time to build and to deliver, and the memory.

To import a list of synapses, use an npz file with `pre` and `post`, the indices of the connected units, and
optionally weights and delays. In Python, `np.savez("cortex.npz", pre=…, post=…, weight=…, delay=…)`. Alternatively,
use edges of [SONATA](https://github.com/AllenInstitute/sonata) in a file that ends in `.h5`: node numbers are unit
indices, `syn_weight` is the weight, and `delay` is in ms.

```toml
connectivity = { kind = "file", file = "cortex.npz", multapses = false }
weights = { distribution = "file", file = "cortex.npz" }             # its array `weight`
delay = { distribution = "file", file = "cortex.npz", unit = "ms" }  # its array `delay`

connectivity = { kind = "file", file = "v1_edges.h5", population = "v1_to_v1", multapses = true }
weights = { distribution = "file", file = "v1_edges.h5" }             # its dataset `syn_weight`
delay = { distribution = "file", file = "v1_edges.h5", unit = "ms" }  # its dataset `delay`
```

## Spikes from outside

`poisson_input` represents spikes from the rest of the brain: it gives every unit of a population independent Poisson
trains, counted in every step. There may be thousands of trains, and more spikes than steps.

```toml
[[areas.populations]]
name = "E"
size = 20683
neuron = "cell"
poisson_input = [{ variable = "current", number = 1600, rate = "8 Hz", weight = "87.8 pA" }]
```

It corresponds to `brian2.PoissonInput`, with Poisson instead of binomial numbers, and with separate random numbers
from the seed and the population's name: stock Brian2, copies and the mirror receive the same spikes, so `brainlearn
verify` compares such circuits spike by spike. Trains are added after the synapses of a step. The mirror cannot
recompute steps with them (`recompute_every`).

## Editors

`docs/circuit.schema.json` is a JSON Schema. With the *Even Better TOML* extension, start a file with
`#:schema ../docs/circuit.schema.json` to complete and check keys as you type.
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
    "FastWeights": "`fast_weights`",
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
    """Say in words what is allowed there."""
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
