"""Neuron models of the literature, each with the synapses that make it spike."""

from __future__ import annotations

from tests.mirror.circuit_text import Model

ADEX = Model(
    """
equations = '''
dv/dt = (g_leak*(leak - v) + g_leak*slope*exp((v - rheobase)/slope) - w_adapt + current)/capacity : volt
dw_adapt/dt = (a*(v - leak) - w_adapt)/tau_w : amp
current : amp
'''
threshold = "v > rheobase + 5*slope"
reset = '''
v = -58*mV
w_adapt += b
'''
method = "euler"
parameters = { g_leak = "30 nS", leak = "-70.6 mV", slope = "2 mV", rheobase = "-50.4 mV", capacity = "281 pF", a = "4 nS", b = "80 pA", tau_w = "144 ms" }
initial = { v = "-70.6 mV" }
""",  # noqa: E501
    excite="v_post += w*mV",
    inhibit="v_post += w*mV",
    inject="current_post = w*activity_pre*nA",
    current=(0.2, 0.6),
    drive=8.0,
    feedback=2.0,
    inhibition=3.0,
    dt=0.5,
)

IZHIKEVICH = Model(
    """
equations = '''
dv/dt = (0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + current : volt
du/dt = a*(b*v - u) : volt/second
current : volt/second
'''
threshold = "v >= 30*mV"
reset = "v = c; u += d"
method = "euler"
parameters = { a = "0.02/ms", b = "0.2/ms", c = "-65 mV", d = "8 V/second" }
initial = { v = "-65 mV", u = "-13 V/second" }
""",
    excite="v_post += w*mV",
    inhibit="v_post += w*mV",
    inject="current_post = w*activity_pre*mV/ms",
    current=(2, 8),
    drive=15.0,
    feedback=3.0,
    inhibition=4.0,
    dt=0.5,
)

HODGKIN_HUXLEY = Model(
    """
equations = '''
dv/dt = (g_leak*(leak - v) + g_sodium*m**3*h*(sodium - v) + g_potassium*n**4*(potassium - v) + g*(0*mV - v) + current)/capacity : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dg/dt = -g/(5*ms) : siemens
alpha_m = 0.32*4/exprel((13*mV - v + shift)/(4*mV))/ms : Hz
beta_m = 0.28*5/exprel((v - shift - 40*mV)/(5*mV))/ms : Hz
alpha_h = 0.128*exp((17*mV - v + shift)/(18*mV))/ms : Hz
beta_h = 4/(1 + exp((40*mV - v + shift)/(5*mV)))/ms : Hz
alpha_n = 0.032*5/exprel((15*mV - v + shift)/(5*mV))/ms : Hz
beta_n = 0.5*exp((10*mV - v + shift)/(40*mV))/ms : Hz
current : amp
'''
threshold = "v > -40*mV"
refractory = "v > -40*mV"
method = "exponential_euler"
parameters = { g_leak = "10 nS", leak = "-60 mV", g_sodium = "20 uS", sodium = "50 mV", g_potassium = "6 uS", potassium = "-90 mV", shift = "-63 mV", capacity = "200 pF" }
initial = { v = "-60 mV", h = 1 }
""",  # noqa: E501
    excite="g_post += w*nS",
    inhibit="v_post += w*mV",
    inject="current_post = w*activity_pre*nA",
    current=(0.2, 0.5),
    drive=60.0,
    feedback=10.0,
    inhibition=2.0,
    dt=0.05,
)

CONDUCTANCE_LIF = Model(
    """
equations = '''
dv/dt = (g_leak*(leak - v) + g_e*(0*mV - v) + g_i*(-80*mV - v) + current)/(200*pF) : volt (unless refractory)
dg_e/dt = -g_e/(5*ms) : siemens
dg_i/dt = -g_i/(10*ms) : siemens
current : amp
'''
threshold = "v > -50*mV"
reset = "v = leak"
refractory = "rest"
method = "exponential_euler"
parameters = { g_leak = "10 nS", leak = "-60 mV", rest = "2.5 ms" }
initial = { v = "-60 mV" }
""",
    excite="g_e_post += w*nS",
    inhibit="g_i_post -= w*nS",
    inject="current_post = w*activity_pre*nA",
    current=(0.04, 0.12),
    drive=12.0,
    feedback=3.0,
    inhibition=6.0,
    dt=0.5,
)

TWO_COMPARTMENT = Model(
    """
equations = '''
dv/dt = (current - v + coupling*(apical - v))/tau : 1
dapical/dt = (coupling*(v - apical) - apical + plateau)/(15*ms) : 1
dplateau/dt = -plateau/(20*ms) : 1
current : 1
'''
threshold = "v > 1"
reset = "v = 0"
method = "exponential_euler"
parameters = { tau = "10 ms", coupling = 0.3 }
""",
    excite="v_post += 0.5*w; plateau_post += w",
    current=(0.3, 0.9),
    drive=0.8,
)

QUADRATIC = Model(
    """
equations = '''
dv/dt = (v**2 - 0.25 + current)/tau : 1
current : 1
'''
threshold = "v > 2"
reset = "v = -0.5"
method = "rk4"
parameters = { tau = "4 ms" }
initial = { v = "-0.5" }
""",
    current=(0.2, 0.6),
    drive=0.6,
    feedback=0.2,
)
