"""How a task is learned: one epoch and one test loop for every task and every learner.

`start.py` puts a task (see `brainlearn.tasks`) and a learner together to a course (`course.py`), `epoch.py` trains it
for an epoch, `testing.py` shows it what it must answer. `learner.py` says what a learner is: `rule_learner.py` is the
circuit in Brian2 with its rule, `backprop_learner.py` the mirror by backpropagation.
"""
