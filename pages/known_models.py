"""Neuron models of the literature as text of circuit files, each with a small circuit around it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pages.engine_examples import Example

KICK = '[synapses.kick]\non_pre = "v_post += w*mV"\n'

KNOWN: Mapping[str, Example] = MappingProxyType(
    {
        "quadratic": Example(
            "quadratic",
            drive=1.5,
            weight=3.0,
            dt="0.5 ms",
            steps=200,
            text="""\
[neurons.quadratic]
equations = \"\"\"
  dv/dt = (v**2 - 1 + current)/tau_membrane : 1
  current : 1
\"\"\"
threshold = "v > 10"
reset = "v = -10"
method = "rk4"
parameters = { tau_membrane = "10 ms" }
initial = { v = -1 }
""",
            source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 5.3",
        ),
        "adaptive_exponential": Example(
            "adaptive_exponential",
            synapse="kick",
            drive=1.0,
            weight=10.0,
            dt="0.1 ms",
            steps=300,
            text="""\
[neurons.adaptive_exponential]
equations = \"\"\"
  dv/dt = (g_leak*(leak - v) + g_leak*sharpness*exp((v - threshold_v)/sharpness)
           - adaptation + scale*current)/capacitance : volt
  dadaptation/dt = (coupling*(v - leak) - adaptation)/tau_adaptation : amp
  current : 1
\"\"\"
threshold = "v > 20*mV"
reset = \"\"\"
  v = leak
  adaptation += adaptation_step
\"\"\"
method = "euler"
initial = { v = "-70.6 mV" }

[neurons.adaptive_exponential.parameters]
capacitance = "281 pF"
g_leak = "30 nS"
leak = "-70.6 mV"
threshold_v = "-50.4 mV"
sharpness = "2 mV"
tau_adaptation = "144 ms"
coupling = "4 nS"
adaptation_step = "80.5 pA"
scale = "1 nA"
""",
            synapses=KICK,
            source="Brette & Gerstner 2005, J. Neurophysiol. 94:3637",
        ),
        "izhikevich": Example(
            "izhikevich",
            synapse="kick",
            drive=5.0,
            weight=20.0,
            dt="0.5 ms",
            steps=200,
            text="""\
[neurons.izhikevich]
equations = \"\"\"
  dv/dt = (0.04*v**2/mV + 5*v + 140*mV - recovery + current*mV)/ms : volt
  drecovery/dt = a*(b*v - recovery) : volt
  current : 1
\"\"\"
threshold = "v > 30*mV"
reset = \"\"\"
  v = c
  recovery += d
\"\"\"
method = "euler"
parameters = { a = "0.02/ms", b = 0.2, c = "-65 mV", d = "8 mV" }
initial = { v = "-65 mV", recovery = "-13 mV" }
""",
            synapses=KICK,
            source="Izhikevich 2003, IEEE Trans. Neural Netw. 14:1569",
        ),
        "hodgkin_huxley": Example(
            "hodgkin_huxley",
            synapse="kick",
            drive=0.5,
            weight=20.0,
            dt="0.1 ms",
            steps=250,
            text="""\
[neurons.hodgkin_huxley]
equations = \"\"\"
  dv/dt = (g_leak*(leak - v) - g_sodium*m**3*h*(v - sodium)
           - g_potassium*n**4*(v - potassium) + scale*current)/capacitance : volt
  dm/dt = 1.28/exprel((13*mV - v + shift)/(4*mV))/ms*(1 - m) - 1.4/exprel((v - shift - 40*mV)/(5*mV))/ms*m : 1
  dh/dt = 0.128*exp((17*mV - v + shift)/(18*mV))/ms*(1 - h) - 4/(1 + exp((40*mV - v + shift)/(5*mV)))/ms*h : 1
  dn/dt = 0.16/exprel((15*mV - v + shift)/(5*mV))/ms*(1 - n) - 0.5*exp((10*mV - v + shift)/(40*mV))/ms*n : 1
  current : 1
\"\"\"
threshold = "v > -20*mV"
reset = ""
refractory = "3*ms"
method = "exponential_euler"
initial = { v = "-60 mV", h = 1 }

[neurons.hodgkin_huxley.parameters]
capacitance = "200 pF"
g_leak = "10 nS"
g_sodium = "20 uS"
g_potassium = "6 uS"
leak = "-60 mV"
sodium = "50 mV"
potassium = "-90 mV"
shift = "-63 mV"
scale = "1 nA"
""",
            synapses=KICK,
            source="Traub & Miles 1991, Neuronal Networks of the Hippocampus; as in Brette et al. 2007, "
            "J. Comput. Neurosci. 23:349, benchmark 3",
        ),
        "morris_lecar": Example(
            "morris_lecar",
            synapse="kick",
            drive=60.0,
            weight=60.0,
            dt="0.5 ms",
            steps=200,
            text="""\
[neurons.morris_lecar]
equations = \"\"\"
  dv/dt = (g_leak*(leak - v) - g_calcium*0.5*(1 + tanh((v + 1.2*mV)/(18*mV)))*(v - calcium)
           - g_potassium*n*(v - potassium) + scale*current)/capacitance : volt
  dn/dt = 0.04/ms*(0.5*(1 + tanh((v - 2*mV)/(30*mV))) - n)*cosh((v - 2*mV)/(60*mV)) : 1
  current : 1
\"\"\"
threshold = "v > 10*mV"
reset = ""
refractory = "v > 0*mV"
method = "exponential_euler"
initial = { v = "-60 mV" }

[neurons.morris_lecar.parameters]
capacitance = "20 uF/cm**2"
g_leak = "2 mS/cm**2"
g_calcium = "4.4 mS/cm**2"
g_potassium = "8 mS/cm**2"
leak = "-60 mV"
calcium = "120 mV"
potassium = "-84 mV"
scale = "1 uA/cm**2"
""",
            synapses=KICK,
            source="Morris & Lecar 1981, Biophys. J. 35:193; parameters as in Rinzel & Ermentrout 1998, "
            "Methods in Neuronal Modeling, chapter 7",
        ),
        "sigmoid_rate": Example(
            "sigmoid_rate",
            "graded_stimulus",
            "graded",
            "graded",
            drive=1.0,
            weight=1.0,
            delay="0 ms",
            text="""\
[neurons.sigmoid_rate]
equations = \"\"\"
  dactivity/dt = (1/(1 + exp(-slope*(drive - offset))) - activity)/tau : 1
  drive : 1
\"\"\"
output = "activity"
method = "exponential_euler"
parameters = { tau = "8 ms", slope = 1.3, offset = 4 }
""",
            source="Wilson & Cowan 1972, Biophys. J. 12:1, without the refractory factor",
        ),
        "noisy": Example(
            "noisy",
            text="""\
[neurons.noisy]
equations = \"\"\"
  dv/dt = (5*current - v)/tau_membrane + sigma*sqrt(2/tau_membrane)*xi : 1
  current : 1
\"\"\"
threshold = "v > 1"
reset = "v = 0"
method = "euler"
parameters = { tau_membrane = "10 ms", sigma = 0.3 }
""",
            source="Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 8.1",
        ),
    }
)
"""Name of a model -> a circuit that uses it."""
