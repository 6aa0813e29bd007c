"""The plain script does what a hand computes: it is what everything else is compared with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.differential import machines
from tests.differential.case import SCRIPT, Case, Record, Stretch

CLOCK = """
[neurons.clock]
equations = "dphase/dt = 0.5/ms : 1"
threshold = "phase > 1.1"
reset = "phase = 0"
"""  # with a time step of 1 ms: a spike in steps 2, 5, 8, …; phase 0.5, 1, 1.5 in the steps of a round
LISTENER = """
[neurons.listener]
equations = '''
dv/dt = 0/ms : 1
current : 1'''
threshold = "v > 1000"
reset = "v = 0"
"""
TWO = """
[[areas]]
name = "A"
level = 0
populations = [{ name = "C", neuron = "clock", size = 1 }, { name = "L", neuron = "listener", size = 2 }]
"""


SPIKES = '[synapses.s]\non_pre = "v_post += w"\n'


def projection(source: str, target: str, synapse: str, more: str = "") -> str:
    return f"""
[[projections]]
source = "A/{source}"
target = "A/{target}"
pathway = "lateral"
synapse = "{synapse}"
weights = {{ distribution = "constant", value = 2.0 }}
{more}"""


def present(folder: Path, text: str, *stretches: Stretch, copies: int = 1) -> Record:
    case = Case(tomllib.loads(f'name = "hand"\ndt = "1 ms"\n{text}'), {}, copies, stretches)
    case.save(folder)
    return machines.plain(case, folder)


def alone(equations: str, threshold: str, reset: str, more: str = "", size: int = 1) -> str:
    return f"""
[neurons.n]
equations = '''{equations}'''
threshold = "{threshold}"
reset = "{reset}"
{more}
[[areas]]
name = "A"
level = 0
populations = [{{ name = "C", neuron = "n", size = {size} }}]
"""


def test_a_reset_runs_statement_by_statement(tmp_path: Path):
    model = alone("dv/dt = 0.0949/ms : 1\nlast : 1", "v > 0.5", "last = v; v -= 0.5")
    states = present(tmp_path, model, Stretch(6, True, True, {})).states
    assert states["A/C.last"][5, 0, 0] == pytest.approx(6 * 0.0949)  # 0.5694, above 0.5 in the sixth step
    assert states["A/C.v"][5, 0, 0] == pytest.approx(0.0694)


def test_the_numbers_of_a_reset_that_aliases(tmp_path: Path):
    model = alone("dv/dt = 0.5949/ms : 1\nlast : 1", "v > 0.5", "last = v; v -= 0.5")
    states = present(tmp_path, model, Stretch(1, True, True, {})).states
    assert states["A/C.last"][0, 0, 0] == pytest.approx(0.5949)
    assert states["A/C.v"][0, 0, 0] == pytest.approx(0.0949)


def test_a_subexpression_is_what_it_stands_for_at_that_moment(tmp_path: Path):
    model = alone("dv/dt = 2/ms : 1\ns = v + 1 : 1\nlast : 1", "v > 0.5", "v -= 0.5*s; last = s")
    states = present(tmp_path, model, Stretch(1, True, True, {})).states
    assert states["A/C.v"][0, 0, 0] == pytest.approx(2 - 0.5 * 3)
    assert states["A/C.last"][0, 0, 0] == pytest.approx(0.5 + 1)


def test_units_count_in_their_own_population_and_time_from_the_onset(tmp_path: Path):
    model = alone("dv/dt = (i + 10*N + 100*int(t > 1.5*ms))/ms : 1", "v > 1e6", "v = 0", size=3)
    states = present(
        tmp_path, model, Stretch(3, True, True, {}), Stretch(3, True, True, {}), Stretch(1, False, False, {}), copies=2
    ).states
    once = np.cumsum([30, 30, 130, 130])[:, None, None] + np.arange(3) * np.arange(1, 5)[:, None, None]
    np.testing.assert_allclose(states["A/C.v"], np.broadcast_to(np.concatenate([once[:3], once]), (7, 2, 3)))


def test_time_and_states_begin_anew_by_themselves(tmp_path: Path):
    model = alone("dv/dt = 0.1/ms + int(t > 0.5*ms)/ms : 1", "v > 1e6", "v = 0")
    stretches = Stretch(2, True, True, {}), Stretch(2, True, False, {}), Stretch(2, False, True, {})
    states = present(tmp_path, model, *stretches).states["A/C.v"].ravel()
    np.testing.assert_allclose(states, [0.1, 1.2, 1.1, 2.2, 2.3, 3.4])


def test_a_unit_rests_across_an_onset_without_a_reset(tmp_path: Path):
    model = alone("dv/dt = 0.6/ms : 1", "v > 1", "v = 0", 'refractory = "4*ms"')
    going_on = present(tmp_path, model, Stretch(3, True, True, {}), Stretch(5, False, True, {})).spikes["A/C"]
    anew = present(tmp_path, model, Stretch(3, True, True, {}), Stretch(5, True, True, {})).spikes["A/C"]
    assert np.flatnonzero(going_on).tolist() == [1, 5]
    assert np.flatnonzero(anew).tolist() == [1, 4]


def test_a_variable_that_no_equation_drives_keeps_its_value_at_an_onset(tmp_path: Path):
    model = alone("dv/dt = 0.4/ms : 1\nn : integer", "v > 1", "v = 0; n += 1", "initial = { v = 0.25 }")
    states = present(tmp_path, model, Stretch(4, True, True, {}), Stretch(1, True, True, {})).states
    assert states["A/C.n"].ravel().tolist() == [0, 1, 1, 1, 1]
    np.testing.assert_allclose(states["A/C.v"].ravel(), [0.65, 0.0, 0.4, 0.8, 0.65])


@pytest.mark.parametrize(("delay", "arrives", "value"), [(0, 2, 1.5), (1, 3, 1.5), (2, 4, 1.5), (3, 5, 1.5)])
def test_a_presynaptic_variable_is_that_of_the_step_in_which_the_spike_was_sent(tmp_path, delay, arrives, value):
    text = CLOCK + LISTENER + '[synapses.s]\non_pre = "v_post += w*phase_pre"\n' + TWO
    text += projection("C", "L", "s", f'delay = "{delay} ms"')
    states = present(tmp_path, text, Stretch(arrives + 1, True, True, {})).states
    assert states["A/L.v"][:, 0, 0].tolist() == [0.0] * arrives + [2 * value]


def test_spikes_under_way_end_with_an_onset(tmp_path: Path):
    text = CLOCK + LISTENER + SPIKES + TWO + projection("C", "L", "s", 'delay = "2 ms"')
    going_on = present(tmp_path, text, Stretch(3, True, True, {}), Stretch(3, False, False, {})).states["A/L.v"]
    anew = present(tmp_path, text, Stretch(3, True, True, {}), Stretch(3, True, True, {})).states["A/L.v"]
    assert going_on[:, 0, 0].tolist() == [0, 0, 0, 0, 2, 2]
    assert anew[:, 0, 0].tolist() == [0, 0, 0, 0, 0, 0]


def test_continuous_inputs_add_up_and_are_set_anew_in_every_step(tmp_path: Path):
    text = CLOCK + LISTENER.replace("0/ms", "current/ms").replace("v > 1000", "v > 3.5").replace(
        "v = 0", "current = 50"
    )
    text += (
        '[synapses.s]\ntransmit = "current_post = w*phase_pre"\n[synapses.k]\non_pre = "current_post += 10*w"\n' + TWO
    )
    text += projection("C", "L", "s") + projection("C", "L", "s", 'name = "again"') + projection("C", "L", "k")
    states = present(tmp_path, text, Stretch(4, True, True, {})).states
    # phase at the end of steps: 0.5, 1, 0 (a spike at 1.5); current in steps: 0, 2, 4, 0
    # the spike adds 20, the reset of the listener then sets 50
    assert states["A/L.v"][:, 0, 0].tolist() == [0, 2, 6, 6]
    assert states["A/L.current"][:, 0, 0].tolist() == [0, 2, 50, 50]


def test_the_weight_is_the_weight_whatever_is_called_w(tmp_path: Path):
    text = (
        CLOCK.replace("phase", "w") + LISTENER.replace("v", "w") + '[synapses.s]\non_pre = "w_post += w*w_pre"\n' + TWO
    )
    states = present(tmp_path, text + projection("C", "L", "s"), Stretch(3, True, True, {})).states
    assert states["A/L.w"][:, 0, 0].tolist() == [0, 0, 3]


def test_normalisation_scales_what_is_sent_by_the_activity_since_the_stretch_began(tmp_path: Path):
    text = CLOCK + LISTENER + SPIKES + TWO
    text = text.replace('neuron = "clock", size = 1', 'neuron = "clock", size = 1, normalisation = { rms = 0.5 }')
    states = present(tmp_path, text + projection("C", "L", "s"), Stretch(6, True, True, {})).states
    # spikes in steps 2 and 5, so one in 3 steps both times: the gain is 0.5*3
    assert states["A/L.v"][:, 0, 0].tolist() == pytest.approx([0, 0, 3, 3, 3, 6])


def test_tied_weights_are_those_of_the_other_way_transposed_and_scaled(tmp_path: Path):
    text = CLOCK + LISTENER.replace("v > 1000", "v > 0") + SPIKES
    text += '[synapses.back]\non_pre = "phase_post += w"\n' + TWO + projection("C", "L", "s")
    back = projection("L", "C", "back")
    text += back.replace(
        'distribution = "constant", value = 2.0', 'distribution = "tied", to = "A/C->A/L", scale = -0.25'
    )
    states = present(tmp_path, text, Stretch(4, True, True, {})).states
    assert states["A/L.v"][:, 0, 0].tolist() == [0, 0, 2, 0]
    assert states["A/C.phase"][3, 0, 0] == 0.5 - 2 * 0.5  # two listeners, each with -0.25*2


def test_a_script_imports_brian_and_numpy_only(tmp_path: Path):
    present(tmp_path, alone("dv/dt = 1/ms : 1", "v > 1", "v = 0"), Stretch(1, True, True, {}))
    lines = (tmp_path / SCRIPT).read_text().splitlines()
    imports = [line for line in lines if re.match("(from|import) ", line)]
    assert imports[:2] == ["from pathlib import Path", "import numpy as np"]
    assert [line.split()[1] for line in imports[2:]] == ["brian2"]
